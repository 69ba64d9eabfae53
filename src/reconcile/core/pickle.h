#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace reconcile {

/// A value as it stands in a pickle. Nothing is ever called or made: a call that Python would run stays a description.
struct PickleValue {
  enum class Kind { kOther, kInt, kText, kBytes, kSequence, kDict, kGlobal, kCall, kPersistent };
  Kind kind = Kind::kOther;  ///< kOther: None and floats
  int64_t number = 0;        ///< kInt; True is 1
  std::string text;          ///< kText; of kGlobal and kCall the global's name, "torch.FloatStorage"
  std::string_view bytes;    ///< kBytes, and the bytes of kText where they stand in the pickle as they are
  /// kSequence (tuple, list): the elements; kDict: key, value, key, value ...; kCall: the sequence of arguments, and
  /// the state that was set afterwards, if one was; kPersistent: the id.
  std::vector<const PickleValue*> items;
};

/// Reads pickles of the protocols 2 to 5 that hold numbers, texts, bytes, lists, tuples, dictionaries, references, and
/// calls of globals that the caller allows. Any other global is refused by name. Memory stays within a fixed multiple
/// of the bytes read, and no input makes it recurse; who walks the values must expect cycles.
class PickleReader {
 public:
  /// `bytes` must outlive the reader; `globals` are "module.name"; `path` is for messages, and `advice` what to do
  /// about a pickle that holds more than is read.
  PickleReader(std::string_view bytes, std::vector<std::string> globals, std::filesystem::path path,
               std::string advice);

  /// The next pickle, to its end mark. It lives as long as the reader. DataError if it is cut short or damaged, has an
  /// opcode that is not supported, or names a global that is not allowed.
  const PickleValue& next();
  /// What stands behind the pickles read so far.
  [[nodiscard]] std::string_view rest() const { return bytes_.substr(position_); }
  /// Every value of the pickles read so far, in the order of their appearance.
  [[nodiscard]] const std::deque<PickleValue>& values() const { return values_; }

 private:
  std::string_view take(size_t count);
  std::string take_line();
  template <class T>
  T take_number();
  void count(size_t values);
  void push(PickleValue value);
  void push_int(int64_t number) { push({.kind = PickleValue::Kind::kInt, .number = number}); }
  void push_text(size_t length);
  void push_bytes(uint64_t length);
  void set_state();
  void push_long();
  void push_global(const std::string& module, const std::string& name);
  PickleValue* pop();
  std::vector<const PickleValue*> pop_to_mark();
  void push_tuple(size_t count);
  void extend(PickleValue::Kind kind, const std::vector<const PickleValue*>& items);
  void push_ordered_dict(const std::vector<const PickleValue*>& lists);
  void call();
  void put(uint32_t index);
  void get(uint32_t index);
  bool push_plain(char opcode);
  bool collect(char opcode);
  bool refer(char opcode);
  [[noreturn]] void damaged(const std::string& what) const;

  std::string_view bytes_;
  std::vector<std::string> globals_;
  std::filesystem::path path_;
  std::string advice_;
  size_t position_ = 0;
  size_t count_ = 0;
  std::deque<PickleValue> values_;
  std::vector<PickleValue*> stack_;
  std::vector<size_t> marks_;  ///< heights of the stack
  std::unordered_map<uint32_t, PickleValue*> memo_;
};

}  // namespace reconcile
