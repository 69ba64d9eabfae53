// What each opcode does; their table stands in Python's pickletools.

#include <cstring>

#include "reconcile/base/error.h"
#include "reconcile/core/pickle.h"

namespace reconcile {

using Kind = PickleValue::Kind;

template <class T>
T PickleReader::take_number() {
  T number = 0;
  std::memcpy(&number, take(sizeof number).data(), sizeof number);
  return number;
}

/// Numbers of more than 64 bits are kept as a text of their bytes.
void PickleReader::push_long() {
  const std::string_view bytes = take(take_number<uint8_t>());
  if (bytes.size() > sizeof(int64_t)) return push({.kind = Kind::kText, .text = std::string(bytes)});
  int64_t number = !bytes.empty() && static_cast<signed char>(bytes.back()) < 0 ? -1 : 0;
  if (!bytes.empty()) std::memcpy(&number, bytes.data(), bytes.size());
  push_int(number);
}

bool PickleReader::push_plain(char opcode) {
  switch (opcode) {
    case 'N':  // NONE
      return push({}), true;
    case 'G':  // BINFLOAT
      return take(8), push({}), true;
    case '\x88':  // NEWTRUE
      return push_int(1), true;
    case '\x89':  // NEWFALSE
      return push_int(0), true;
    case 'K':  // BININT1
      return push_int(take_number<uint8_t>()), true;
    case 'M':  // BININT2
      return push_int(take_number<uint16_t>()), true;
    case 'J':  // BININT
      return push_int(take_number<int32_t>()), true;
    case '\x8a':  // LONG1
      return push_long(), true;
    case 'X':  // BINUNICODE
    case 'T':  // BINSTRING
      return push_text(take_number<uint32_t>()), true;
    case '\x8c':  // SHORT_BINUNICODE
    case 'U':     // SHORT_BINSTRING
      return push_text(take_number<uint8_t>()), true;
    case 'C':  // SHORT_BINBYTES
      return push_bytes(take_number<uint8_t>()), true;
    case 'B':  // BINBYTES
      return push_bytes(take_number<uint32_t>()), true;
    case '\x8e':  // BINBYTES8
    case '\x96':  // BYTEARRAY8
      return push_bytes(take_number<uint64_t>()), true;
    default:
      return false;
  }
}

bool PickleReader::collect(char opcode) {
  switch (opcode) {
    case '(':  // MARK
      return marks_.push_back(stack_.size()), true;
    case '}':  // EMPTY_DICT
      return push({.kind = Kind::kDict}), true;
    case ']':  // EMPTY_LIST
    case ')':  // EMPTY_TUPLE
      return push({.kind = Kind::kSequence}), true;
    case '\x85':  // TUPLE1
    case '\x86':  // TUPLE2
    case '\x87':  // TUPLE3
      return push_tuple(static_cast<size_t>(opcode - '\x84')), true;
    case 't': {  // TUPLE
      auto items = pop_to_mark();
      return push({.kind = Kind::kSequence, .items = std::move(items)}), true;
    }
    case 'a':  // APPEND
      return extend(Kind::kSequence, {pop()}), true;
    case 'e':  // APPENDS
      return extend(Kind::kSequence, pop_to_mark()), true;
    case 's': {  // SETITEM
      const PickleValue* value = pop();
      return extend(Kind::kDict, {pop(), value}), true;
    }
    case 'u':  // SETITEMS
      return extend(Kind::kDict, pop_to_mark()), true;
    default:
      return false;
  }
}

bool PickleReader::refer(char opcode) {
  switch (opcode) {
    case '\x80':  // PROTO
      return take(1), true;
    case '\x95':  // FRAME
      return take(8), true;
    case 'c': {  // GLOBAL
      const std::string module = take_line();
      return push_global(module, take_line()), true;
    }
    case '\x93': {  // STACK_GLOBAL
      const PickleValue* name = pop();
      return push_global(pop()->text, name->text), true;
    }
    case 'Q':  // BINPERSID
      return push({.kind = Kind::kPersistent, .items = {pop()}}), true;
    case 'R':  // REDUCE
      return call(), true;
    case 'b':  // BUILD
      return set_state(), true;
    case 'q':  // BINPUT
      return put(take_number<uint8_t>()), true;
    case 'r':  // LONG_BINPUT
      return put(take_number<uint32_t>()), true;
    case '\x94':  // MEMOIZE
      return put(static_cast<uint32_t>(memo_.size())), true;
    case 'h':  // BINGET
      return get(take_number<uint8_t>()), true;
    case 'j':  // LONG_BINGET
      return get(take_number<uint32_t>()), true;
    default:
      return false;
  }
}

const PickleValue& PickleReader::next() {
  stack_.clear();
  marks_.clear();
  memo_.clear();
  while (true) {
    const char opcode = take(1).front();
    if (opcode == '.') return *pop();
    if (!push_plain(opcode) && !collect(opcode) && !refer(opcode)) {
      fail<DataError>("{}: opcode 0x{:02x} of its pickle is not supported. {}", path_.string(),
                      static_cast<unsigned char>(opcode), advice_);
    }
  }
}

}  // namespace reconcile
