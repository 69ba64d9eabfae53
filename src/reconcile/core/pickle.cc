#include "reconcile/core/pickle.h"

#include <algorithm>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

using Kind = PickleValue::Kind;

constexpr size_t kMaxValues = size_t{1} << 22;  // a network of ten thousand tensors has a hundred thousand

}  // namespace

PickleReader::PickleReader(std::string_view bytes, std::vector<std::string> globals, std::filesystem::path path,
                           std::string advice)
    : bytes_(bytes), globals_(std::move(globals)), path_(std::move(path)), advice_(std::move(advice)) {}

void PickleReader::damaged(const std::string& what) const {
  fail<DataError>("{}: damaged: {} at byte {} of its pickle. Fetch or save it again.", path_.string(), what, position_);
}

std::string_view PickleReader::take(size_t count) {
  if (count > bytes_.size() - position_) damaged("it is cut short");
  position_ += count;
  return bytes_.substr(position_ - count, count);
}

std::string PickleReader::take_line() {
  const size_t end = bytes_.find('\n', position_);
  if (end == std::string_view::npos) damaged("it is cut short");
  std::string line(take(end - position_));
  take(1);
  return line;
}

void PickleReader::count(size_t values) {
  count_ += values;
  if (count_ > kMaxValues) {
    fail<DataError>("{}: its pickle has more than {} values. {}", path_.string(), kMaxValues, advice_);
  }
}

void PickleReader::push(PickleValue value) {
  count(1);
  values_.push_back(std::move(value));
  stack_.push_back(&values_.back());
}

void PickleReader::push_text(size_t length) {
  const std::string_view bytes = take(length);
  push({.kind = Kind::kText, .text = std::string(bytes), .bytes = bytes});
}

void PickleReader::push_bytes(uint64_t length) { push({.kind = Kind::kBytes, .bytes = take(length)}); }

void PickleReader::push_global(const std::string& module, const std::string& name) {
  const std::string global = fmt::format("{}.{}", module, name);
  if (std::find(globals_.begin(), globals_.end(), global) == globals_.end()) {
    fail<DataError>(
        "{}: its pickle asks for \"{}\". Only what numbers need is read, because anything else in a pickle can run "
        "programs. {}",
        path_.string(), global.substr(0, 200), advice_);
  }
  push({.kind = Kind::kGlobal, .text = global});
}

PickleValue* PickleReader::pop() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) damaged("a value is missing");
  PickleValue* value = stack_.back();
  stack_.pop_back();
  return value;
}

std::vector<const PickleValue*> PickleReader::pop_to_mark() {
  if (marks_.empty()) damaged("a mark is missing");
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<const PickleValue*> items(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

void PickleReader::push_tuple(size_t count) {
  std::vector<const PickleValue*> items(count);
  for (size_t i = count; i > 0; --i) items[i - 1] = pop();
  push({.kind = Kind::kSequence, .items = std::move(items)});
}

/// Appends to the list or dictionary on the stack.
void PickleReader::extend(Kind kind, const std::vector<const PickleValue*>& items) {
  PickleValue* target = pop();
  if (target->kind != kind) damaged("a list or dictionary is missing");
  if (kind == Kind::kDict && items.size() % 2 != 0) damaged("a key has no value");
  target->items.insert(target->items.end(), items.begin(), items.end());
  stack_.push_back(target);
}

/// OrderedDict() in Python 3, OrderedDict([[key, value], ...]) in Python 2.
void PickleReader::push_ordered_dict(const std::vector<const PickleValue*>& lists) {
  std::vector<const PickleValue*> items;
  for (const PickleValue* list : lists) {
    for (const PickleValue* pair : list->items) {
      count(pair->items.size());
      items.insert(items.end(), pair->items.begin(), pair->items.end());
    }
  }
  push({.kind = Kind::kDict});
  extend(Kind::kDict, items);
}

void PickleReader::call() {
  const PickleValue* arguments = pop();
  const PickleValue* function = pop();
  if (function->kind != Kind::kGlobal || arguments->kind != Kind::kSequence) damaged("a call has no function");
  if (function->text == "collections.OrderedDict") return push_ordered_dict(arguments->items);
  push({.kind = Kind::kCall, .text = function->text, .items = {arguments}});
}

/// Attributes of an object: what an array holds, or the _metadata of a state_dict, which nobody needs.
void PickleReader::set_state() {
  const PickleValue* state = pop();
  PickleValue* object = pop();
  if (object->kind == Kind::kCall && object->items.size() == 1) object->items.push_back(state);
  stack_.push_back(object);
}

void PickleReader::put(uint32_t index) {
  PickleValue* value = pop();
  stack_.push_back(value);
  memo_[index] = value;
}

void PickleReader::get(uint32_t index) {
  const auto found = memo_.find(index);
  if (found == memo_.end()) damaged("it refers to a value that is not there");
  stack_.push_back(found->second);
}

}  // namespace reconcile
