#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"
#include "reconcile/data/contact_sheet.h"
#include "reconcile/data_verbs.h"
#include "reconcile/files/picture.h"
#include "reconcile/report/page.h"
#include "reconcile/report/svg.h"

namespace reconcile::tool {
namespace {

struct DataPreviewArguments {
  ExperimentArguments experiment;
  std::string out;
  std::string split = "train";
  int64_t samples = 8;
  int64_t first = 0;
};

using Row = std::vector<SheetCell>;

std::string html_cell(const SheetCell& cell) {
  return fmt::format(R"(<td><img src="data:image/png;base64,{}" alt="{}"><br>{}</td>)",
                     base64(encode_png(cell.picture)), report::escape(cell.title), report::escape(cell.words));
}

std::string html_sheet(const std::vector<Row>& rows, int64_t first) {
  std::string html = "<div class=\"scroll\"><table><tr><th>sample</th>";
  for (const auto& cell : rows.front()) html += fmt::format("<th>{}</th>", report::escape(cell.title));
  html += "</tr>\n";
  for (size_t i = 0; i < rows.size(); ++i) {
    html += fmt::format("<tr><td>{}</td>", first + static_cast<int64_t>(i));
    for (const auto& cell : rows[i]) html += html_cell(cell);
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

constexpr const char* kExplanation =
    "Classes have the same colour in every sample. Depth runs from near (yellow) to far (violet) over the range of its "
    "sample. Normals are red, green and blue for x, y and z. Stripes are unknown.";

void preview(const DataPreviewArguments& arguments) {
  const std::string extension = std::filesystem::path(arguments.out).extension();
  if (extension != ".png" && extension != ".html") {
    fail<InvalidArgument>("--out {}: must end in .png or .html.", arguments.out);
  }
  const Experiment experiment = arguments.experiment.read();
  const DataSplits data = load_data(experiment, "");
  const auto& part = arguments.split == "train" ? data.train : arguments.split == "test" ? data.test : data.validation;
  const int64_t end = std::min(part->size(), arguments.first + arguments.samples);
  if (arguments.first >= end) {
    fail<InvalidArgument>("--first {}: the {} part has {} samples.", arguments.first, arguments.split, part->size());
  }
  std::vector<Row> rows;
  for (int64_t i = arguments.first; i < end; ++i) {
    rows.push_back(sheet_row(*part, i, data.fingerprint.value("classes", Json::object())));
  }
  if (extension == ".png") {
    write_atomically(arguments.out, encode_png(join_sheet(rows)));
  } else {
    const std::string title = fmt::format("{}: {} samples", experiment.data.name, arguments.split);
    const std::string sheet = html_sheet(rows, arguments.first);
    write_atomically(arguments.out, report::page(title, report::paragraph(kExplanation), {{"Samples", sheet}}));
  }
  fmt::print("{}\n", arguments.out);
}

}  // namespace

void add_data_preview(CLI::App& data) {
  CLI::App* verb = data.add_subcommand("preview", "contact sheet: samples with a picture of each target");
  auto arguments = std::make_shared<DataPreviewArguments>();
  arguments->experiment.add_to(*verb);
  verb->add_option("--out", arguments->out, "sheet.png or sheet.html")->required();
  verb->add_option("--split", arguments->split, "which samples")
      ->check(CLI::IsMember({"train", "validation", "test"}))
      ->capture_default_str();
  verb->add_option("--samples", arguments->samples, "how many")->check(CLI::Range(1, 500))->capture_default_str();
  verb->add_option("--first", arguments->first, "number of the first")->check(CLI::NonNegativeNumber);
  verb->callback([arguments] { preview(*arguments); });
}

}  // namespace reconcile::tool
