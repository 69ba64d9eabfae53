#include "reconcile/data/task_list.h"

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

TEST(TaskList, ReadsNameKindAndOutputs) {
  const TaskSet tasks = parse_tasks({"semantic: segmentation(7)", "d:depth", " n : normals( 3 ) "}, "tasks");
  const TaskSet expected = {
      {"semantic", TaskKind::kSegmentation, 7}, {"d", TaskKind::kDepth, 1}, {"n", TaskKind::kNormals, 3}};
  EXPECT_EQ(tasks, expected);
}

void expect(const std::vector<std::string>& texts, const std::vector<std::string>& parts) {
  test::expect_message<InvalidArgument>([&] { parse_tasks(texts, "tasks"); }, parts);
}

TEST(TaskList, RejectsATextOfAnotherForm) {
  for (const std::string text : {"depth", ": depth", "d:", "d: depth(", "d: depth(x)", "d: depth(1"}) {
    expect({text}, {"tasks: \"" + text + "\" is not a task", "name: kind(outputs)"});
  }
  expect({}, {"tasks = []", "at least one"});
}

TEST(TaskList, RejectsWhatNoTaskCanBe) {
  expect({"a/b: depth"}, {"letters, digits, _ and -"});
  expect({"a: detph"}, {"no kind of task \"detph\"", "Did you mean \"depth\"?"});
  expect({"a: depth(2)"}, {"depth has always 1 output. Write depth"});
  expect({"a: normals(1)"}, {"normals has always 3 outputs"});
  expect({"a: classification"}, {"needs a number of outputs, at least 2. Write classification(2), say"});
  expect({"a: segmentation(1)"}, {"at least 2"});
  expect({"a: regression"}, {"at least 1"});
  expect({"a: depth", "a: normals"}, {"two tasks are called \"a\""});
}

}  // namespace
}  // namespace reconcile
