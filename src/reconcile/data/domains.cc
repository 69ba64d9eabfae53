// The same twenty shapes in four renderings, one task each with pictures of its own, as in Office-Home.
// docs/guide/embedded-data.md describes them.

#include "reconcile/draw/domains.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/data/generated.h"
#include "reconcile/data/write_folder.h"
#include "reconcile/files/picture.h"

namespace reconcile::dataset_entries {
namespace {

constexpr int64_t kDomainsVersion = 1;  // raise it when the same seed gives other bytes

struct DomainsOptions {
  int64_t seed = 0;
  int64_t size = 32;
  std::vector<int64_t> train_samples = {1600, 800, 1000, 1200};
  std::vector<int64_t> validation_samples = {400, 200, 250, 300};
  std::vector<int64_t> test_samples = {400, 400, 400, 400};
};

int64_t num_domains() { return std::ssize(rendering_names()); }

std::array<std::vector<int64_t>, 3> counts_of(const DomainsOptions& options) {
  return {options.train_samples, options.validation_samples, options.test_samples};
}

DataSignature domains_signature(const DomainsOptions& options) {
  for (size_t part = 0; part < kPartNames.size(); ++part) {
    const std::vector<int64_t> counts = counts_of(options)[part];
    if (std::ssize(counts) == num_domains()) continue;
    fail<InvalidArgument>("dataset \"domains\": {}_samples = [{}], give one number for each of {}.", kPartNames[part],
                          fmt::join(counts, ", "), fmt::join(rendering_names(), ", "));
  }
  TaskSet tasks;
  for (const auto& name : rendering_names()) {
    tasks.push_back({name, TaskKind::kClassification, std::ssize(domain_classes())});
  }
  return {std::move(tasks), {3, options.size, options.size}};
}

/// Pictures [N, 3, side, side] and classes int64 [N].
struct DrawnDomain {
  at::Tensor images;
  at::Tensor labels;
};

DrawnDomain draw_domain(Rendering rendering, int64_t side, int64_t count, const Rng& stream) {
  DrawnDomain domain{at::empty({count, 3, side, side}, at::kByte), at::empty(count, at::kLong)};
  const int64_t pixels = 3 * side * side;
  uint8_t* bytes = domain.images.data_ptr<uint8_t>();
  int64_t* labels = domain.labels.data_ptr<int64_t>();
  draw_samples(count, stream, [&](int64_t i, Rng rng) {
    labels[i] = rng.below(std::ssize(domain_classes()));
    draw_domain_picture(rendering, labels[i], side, rng, {bytes + i * pixels, static_cast<size_t>(pixels)});
  });
  return domain;
}

std::vector<DrawnDomain> draw_domains(const DomainsOptions& options, size_t part, const Rng& stream) {
  std::vector<DrawnDomain> domains;
  for (int64_t d = 0; d < num_domains(); ++d) {
    domains.push_back(draw_domain(static_cast<Rendering>(d), options.size, counts_of(options)[part][d],
                                  stream.fork(rendering_names()[d])));
  }
  return domains;
}

GeneratedPart make_part(const DataSignature& data, const std::vector<DrawnDomain>& domains, bool training) {
  std::vector<Column> inputs, targets;
  Json print = Json::object();
  for (size_t d = 0; d < domains.size(); ++d) {
    inputs.push_back(column_of(domains[d].images, fmt::format("picture of {}", data.tasks[d].name)));
    targets.push_back(column_of(domains[d].labels, fmt::format("class of {}", data.tasks[d].name)));
    print[data.tasks[d].name] = {{"samples", domains[d].labels.size(0)},
                                 {"images", tensor_checksum({domains[d].images})},
                                 {"targets", tensor_checksum({domains[d].labels})}};
  }
  return {std::make_shared<SampleSet>(data.tasks, data.input_shape, std::move(inputs), std::move(targets),
                                      training ? WhenShorter::kRepeat : WhenShorter::kUnknown),
          std::move(print)};
}

Rng domains_stream(const DomainsOptions& options) { return Rng(static_cast<uint64_t>(options.seed)).fork("domains"); }

DataSplits load_domains(const DomainsOptions& options) {
  const DataSignature data = domains_signature(options);
  return generate_splits(
      {{"generator", "domains"}, {"version", kDomainsVersion}, {"seed", options.seed}, {"size", options.size}},
      domains_stream(options),
      [&](size_t part, const Rng& stream) { return make_part(data, draw_domains(options, part, stream), part == 0); });
}

/// Writes the pictures of one domain in folders of their classes, numbered on from `numbers`; their lines in a list.
std::string write_domain(const std::filesystem::path& folder, const std::string& name, const DrawnDomain& domain,
                         std::vector<int64_t>& numbers) {
  std::string lines;
  for (int64_t i = 0; i < domain.labels.size(0); ++i) {
    const auto label = domain.labels[i].item<int64_t>();
    const std::string path = fmt::format("{}/{}/{:05}.png", name, domain_classes()[label], ++numbers[label]);
    write_new_file(folder / path, encode_png(domain.images[i]));
    lines += fmt::format("{} {}\n", path, label);
  }
  return lines;
}

/// Office-Home's folders, and lists of the parts where LibMTL has them.
void write_domains(const DomainsOptions& options, const std::filesystem::path& folder) {
  domains_signature(options);  // checks them
  std::vector numbers(rendering_names().size(), std::vector<int64_t>(domain_classes().size()));
  write_folder(folder, [&](const std::filesystem::path& into) {
    for (size_t part = 0; part < kPartNames.size(); ++part) {
      const auto domains = draw_domains(options, part, domains_stream(options).fork(kPartNames[part]));
      for (size_t d = 0; d < domains.size(); ++d) {
        const std::string& name = rendering_names()[d];
        const std::string list = fmt::format("{}_{}.txt", name, part == 1 ? "val" : kPartNames[part]);
        write_new_file(into / "data_txt/office-home" / list, write_domain(into, name, domains[d], numbers[d]));
      }
    }
  });
}

}  // namespace

DatasetEntry domains_entry() {
  using O = DomainsOptions;
  return dataset_entry<O>({"domains", "Twenty shapes in four renderings, one a task; needs no files", "ours"},
                          {option("seed", &O::seed, at_least(0), "seed of the pictures"),
                           option("size", &O::size, between(8, 1024), "height and width of the pictures"),
                           option("train_samples", &O::train_samples, at_least(1), "training pictures of each domain"),
                           option("validation_samples", &O::validation_samples, at_least(1), "validation pictures"),
                           option("test_samples", &O::test_samples, at_least(1), "test pictures")},
                          load_domains, domains_signature, write_domains);
}

}  // namespace reconcile::dataset_entries
