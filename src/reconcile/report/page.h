#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reconcile/report/table.h"

/// The parts of a self-contained HTML page: nothing is fetched, and without scripts everything is still there.
namespace reconcile::report {

/// The style sheet: colours for light, dark and print.
const char* style_sheet();

/// The numbers behind drawings, offered as the file `name`.csv.
struct Data {
  std::string name;
  Table table = {};
};

/// A sentence with its drawings below it, side by side where there is room, and a link to their numbers.
std::string figure(const std::string& sentence, const std::vector<std::string>& drawings,
                   const std::string& legend = "", const Data& data = {});

/// A paragraph of escaped text.
std::string paragraph(const std::string& text, const std::string& style = "");

/// CSS classes of a swatch and what it stands for.
std::string legend(const std::vector<std::pair<std::string, std::string>>& entries);

/// A table; the first column holds names.
std::string html_table(const Table& table);

/// Text to copy, folded away.
std::string folded(const std::string& title, const std::string& text);
/// Text to copy.
std::string block(const std::string& text);

/// A large number with what it is.
struct Tile {
  std::string value;
  std::string title;
};
std::string tiles(const std::vector<Tile>& tiles);

/// One part of the page, reached from the links at its top.
struct Section {
  std::string title;
  std::string body;
};

/// The whole document.
std::string page(const std::string& title, const std::string& introduction, const std::vector<Section>& sections);

}  // namespace reconcile::report
