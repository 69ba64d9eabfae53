#include "reconcile/data/celeba_files.h"

#include <ATen/ATen.h>

#include <charconv>
#include <optional>
#include <unordered_map>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/paths.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string_view>;

/// The lines of a list, cut at blanks and commas; those without words are left out.
class ListReader {
 public:
  explicit ListReader(const fs::path& path) : path_(path), text_(read_file(path)) {}

  /// The words of the next line; none at the end.
  Words next() {
    Words words;
    while (words.empty() && at_ < text_.size()) {
      const size_t end = std::min(text_.find('\n', at_), text_.size());
      words = words_of(std::string_view(text_).substr(at_, end - at_));
      at_ = end + 1;
      ++line_;
    }
    return words;
  }
  [[nodiscard]] std::string where() const { return fmt::format("{}:{}", path_.string(), line_); }

 private:
  static Words words_of(std::string_view line) {
    constexpr const char* kBlanks = " \t\r,";
    Words words;
    for (size_t begin = line.find_first_not_of(kBlanks); begin != std::string_view::npos;) {
      const size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
      words.push_back(line.substr(begin, end - begin));
      begin = line.find_first_not_of(kBlanks, end);
    }
    return words;
  }

  fs::path path_;
  std::string text_;
  size_t at_ = 0;
  int64_t line_ = 0;
};

std::optional<int64_t> whole_number(std::string_view word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() ? std::optional(value) : std::nullopt;
}

/// Reads the head of the attributes: the number of pictures if it is given, and the names.
std::optional<int64_t> read_head(ListReader& list) {
  std::optional<int64_t> announced;
  Words names = list.next();
  if (names.size() == 1 && (announced = whole_number(names[0]))) names = list.next();
  if (!names.empty() && names[0] == "image_id") names.erase(names.begin());
  const auto& known = celeba_attributes();
  if (!std::equal(names.begin(), names.end(), known.begin(), known.end())) {
    fail<DataError>("{}: must name CelebA's 40 attributes, {} to {}, found {} names. Is it list_attr_celeba?",
                    list.where(), known.front(), known.back(), names.size());
  }
  return announced;
}

uint8_t read_answer(std::string_view word, const ListReader& list) {
  if (word == "1") return 1;
  if (word == "-1" || word == "0") return 0;
  fail<DataError>("{}: \"{}\" is no answer, must be 1 or -1.", list.where(), word);
}

void read_attributes(const fs::path& path, CelebaLists& lists) {
  ListReader list(path);
  const auto announced = read_head(list);
  const size_t num_attributes = celeba_attributes().size();
  std::vector<uint8_t> answers;
  for (Words words = list.next(); !words.empty(); words = list.next()) {
    if (words.size() != num_attributes + 1) {
      fail<DataError>("{}: has {} words, must have a file name and {} answers.", list.where(), words.size(),
                      num_attributes);
    }
    lists.files.emplace_back(words[0]);
    if (!stays_inside(lists.files.back())) {
      fail<DataError>("{}: \"{}\" lies outside the folder of the pictures. Is the list from a source you trust?",
                      list.where(), words[0]);
    }
    for (size_t a = 1; a < words.size(); ++a) answers.push_back(read_answer(words[a], list));
  }
  const int64_t count = std::ssize(lists.files);
  if (count == 0 || (announced && *announced != count)) {
    fail<DataError>("{}: announces {} pictures, names {}. Is it cut short?", path.string(), announced.value_or(0),
                    count);
  }
  lists.answers = at::tensor(answers, at::kByte).view({count, -1});
}

std::unordered_map<std::string, int64_t> read_partition(const fs::path& path) {
  std::unordered_map<std::string, int64_t> parts;
  ListReader list(path);
  for (Words words = list.next(); !words.empty(); words = list.next()) {
    if (words[0] == "image_id") continue;
    const auto part = words.size() == 2 ? whole_number(words[1]) : std::nullopt;
    if (!part || *part < 0 || *part > 2) {
      fail<DataError>("{}: must be a file name and 0, 1 or 2 (training, validation, test).", list.where());
    }
    parts.emplace(words[0], *part);
  }
  return parts;
}

}  // namespace

const std::vector<std::string>& celeba_attributes() {
  static const std::vector<std::string> names = {"5_o_Clock_Shadow",
                                                 "Arched_Eyebrows",
                                                 "Attractive",
                                                 "Bags_Under_Eyes",
                                                 "Bald",
                                                 "Bangs",
                                                 "Big_Lips",
                                                 "Big_Nose",
                                                 "Black_Hair",
                                                 "Blond_Hair",
                                                 "Blurry",
                                                 "Brown_Hair",
                                                 "Bushy_Eyebrows",
                                                 "Chubby",
                                                 "Double_Chin",
                                                 "Eyeglasses",
                                                 "Goatee",
                                                 "Gray_Hair",
                                                 "Heavy_Makeup",
                                                 "High_Cheekbones",
                                                 "Male",
                                                 "Mouth_Slightly_Open",
                                                 "Mustache",
                                                 "Narrow_Eyes",
                                                 "No_Beard",
                                                 "Oval_Face",
                                                 "Pale_Skin",
                                                 "Pointy_Nose",
                                                 "Receding_Hairline",
                                                 "Rosy_Cheeks",
                                                 "Sideburns",
                                                 "Smiling",
                                                 "Straight_Hair",
                                                 "Wavy_Hair",
                                                 "Wearing_Earrings",
                                                 "Wearing_Hat",
                                                 "Wearing_Lipstick",
                                                 "Wearing_Necklace",
                                                 "Wearing_Necktie",
                                                 "Young"};
  return names;
}

CelebaLists read_celeba_lists(const fs::path& attributes, const fs::path& partition) {
  CelebaLists lists;
  read_attributes(attributes, lists);
  const auto parts = read_partition(partition);
  for (const auto& file : lists.files) {
    const auto found = parts.find(file);
    if (found == parts.end()) {
      fail<DataError>("{}: says nothing of {}, which {} names. Do the two belong together?", partition.string(), file,
                      attributes.string());
    }
    lists.parts.push_back(found->second);
  }
  return lists;
}

}  // namespace reconcile
