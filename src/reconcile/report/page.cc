#include "reconcile/report/page.h"

#include <fmt/format.h>

#include <cctype>

#include "reconcile/report/assets.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

/// Escaped text whose numbers stay on one line with their percent sign.
std::string prose(std::string_view text) {
  std::string result = escape(text);
  for (size_t at = 0; (at = result.find(" %", at)) != std::string::npos;) result.replace(at, 1, "&#160;");
  return result;
}

std::string cells(const std::vector<std::string>& texts, std::string_view element) {
  std::string row;
  for (const auto& text : texts) row += fmt::format("<{0}>{1}</{0}>", element, prose(text));
  return "<tr>" + row + "</tr>\n";
}

/// Text as the path of a URI: what is no letter, digit or plain mark is written in hexadecimal.
std::string uri_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool is_plain =
        std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-_.~,:;").find(c) != std::string_view::npos;
    result += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

std::string data_link(const Data& data) {
  if (data.table.rows.empty()) return "";
  return fmt::format(
      "<p class=\"data\"><a download=\"{}.csv\" href=\"data:text/csv;charset=utf-8,{}\">data (CSV)</a></p>\n",
      escape(data.name), uri_text(to_csv(data.table)));
}

}  // namespace

std::string figure(const std::string& sentence, const std::vector<std::string>& drawings, const std::string& legend,
                   const Data& data) {
  std::string body;
  for (const auto& drawing : drawings) body += "<div>" + drawing + "</div>\n";
  return fmt::format("<figure>\n<figcaption>{}</figcaption>\n{}<div class=\"{}\">\n{}</div>\n{}</figure>\n",
                     prose(sentence), legend, drawings.size() > 1 ? "drawings" : "drawing", body, data_link(data));
}

std::string paragraph(const std::string& text, const std::string& style) {
  return style.empty() ? fmt::format("<p>{}</p>\n", prose(text))
                       : fmt::format("<p class=\"{}\">{}</p>\n", style, prose(text));
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string body;
  for (const auto& [style, text] : entries)
    body += fmt::format("<span><i class=\"{}\"></i>{}</span>\n", style, escape(text));
  return "<p class=\"legend\">\n" + body + "</p>\n";
}

std::string html_table(const Table& table) {
  std::string body;
  for (const auto& row : table.rows) body += cells(row, "td");
  return fmt::format("<div class=\"scroll\"><table>\n<thead>{}</thead>\n<tbody>\n{}</tbody>\n</table></div>\n",
                     cells(table.columns, "th"), body);
}

std::string folded(const std::string& title, const std::string& text) {
  return fmt::format("<details><summary>{}</summary>{}</details>\n", escape(title), block(text));
}

std::string block(const std::string& text) { return fmt::format("<pre tabindex=\"0\">{}</pre>\n", escape(text)); }

std::string tiles(const std::vector<Tile>& tiles) {
  std::string body;
  for (const auto& [value, title] : tiles) {
    body += fmt::format("<div><b>{}</b><span>{}</span></div>\n", prose(value), prose(title));
  }
  return tiles.empty() ? "" : "<div class=\"tiles\">\n" + body + "</div>\n";
}

std::string page(const std::string& title, const std::string& introduction, const std::vector<Section>& sections) {
  std::string links, body;
  for (size_t i = 0; i < sections.size(); ++i) {
    links += fmt::format("<a href=\"#s{}\">{}</a>\n", i, escape(sections[i].title));
    body += fmt::format("<section id=\"s{}\">\n<h2>{}</h2>\n{}</section>\n", i, escape(sections[i].title),
                        sections[i].body);
  }
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{0}</title>\n<style>\n{1}{5}</style>\n"
      "</head>\n<body>\n<header>\n<h1>{0}</h1>\n{2}<nav>\n{3}</nav>\n</header>\n<main>\n{4}</main>\n"
      "<script>{6}</script>\n<script>{7}</script>\n</body>\n</html>\n",
      escape(title), style_sheet(), introduction, links, body, kUplotStyle, kUplotScript, kCurvesScript);
}

}  // namespace reconcile::report
