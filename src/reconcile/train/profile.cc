#include "reconcile/train/profile.h"

#include <numeric>

namespace reconcile {
namespace {

double backward_of(const StepProfile& p) {
  return std::accumulate(p.backward_tasks.begin(), p.backward_tasks.end(), p.backward_joint);
}

}  // namespace

double StepProfile::total() const {
  return data + forward + backward_of(*this) + gramian + solve + combine + update + other;
}

Json StepProfile::to_json(const TaskSet& tasks) const {
  Json of_tasks = Json::object();
  for (size_t t = 0; t < backward_tasks.size(); ++t) of_tasks[tasks[t].name] = backward_tasks[t];
  return {{"steps", steps},
          {"seconds",
           {{"data", data},
            {"forward", forward},
            {"backward", backward_of(*this)},
            {"gramian", gramian},
            {"solve", solve},
            {"combine", combine},
            {"update", update},
            {"other", other}}},
          {"backward_tasks", of_tasks}};
}

void StepProfile::load(const Json& profile, const TaskSet& tasks) {
  const Json& seconds = profile.at("seconds");
  steps = profile.at("steps").get<int64_t>();
  const auto take = [&](const char* name, double& value) { value = seconds.at(name).get<double>(); };
  take("data", data);
  take("forward", forward);
  take("backward", backward_joint);
  take("gramian", gramian);
  take("solve", solve);
  take("combine", combine);
  take("update", update);
  take("other", other);
  backward_tasks.clear();
  for (const auto& task : tasks) {
    backward_tasks.push_back(profile.at("backward_tasks").at(task.name).get<double>());
    backward_joint -= backward_tasks.back();
  }
}

}  // namespace reconcile
