#include "reconcile/nn/weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr std::array kWrappers = {"state_dict", "model_state_dict", "model",    "net",
                                  "network",    "module",           "backbone", "encoder"};

/// Our tensors of one name: one for each copy.
using Own = std::map<std::string, std::vector<at::Tensor>>;

Own state_of(const std::vector<Layer*>& layers, const std::string& scope, std::vector<std::string>* names) {
  const size_t begin = scope.empty() ? 0 : scope.size() + 1;
  Own own;
  for (const Layer* layer : layers) {
    NamedTensors state;
    layer->append_state(state);
    for (const auto& [whole, tensor] : state) {
      const std::string name = whole.substr(begin);
      auto& copies = own[name];
      if (copies.empty()) names->push_back(name);
      copies.push_back(tensor);
    }
  }
  return own;
}

/// "", "state_dict.", "state_dict.module." for "state_dict.module.conv1.weight".
std::vector<std::string> prefixes_of(const std::string& name) {
  std::vector<std::string> prefixes = {""};
  for (size_t end = name.find('.'); end != std::string::npos; end = name.find('.', end + 1)) {
    const size_t begin = prefixes.back().size();
    const std::string word = name.substr(begin, end - begin);
    if (std::find(kWrappers.begin(), kWrappers.end(), word) == kWrappers.end()) break;
    prefixes.push_back(name.substr(0, end + 1));
  }
  return prefixes;
}

/// The prefix that makes most names match, the shortest if there are several.
std::string best_prefix(const Own& own, const NamedTensors& tensors) {
  std::map<std::string, int64_t> matches;
  for (const auto& [name, tensor] : tensors) {
    for (const auto& prefix : prefixes_of(name)) matches[prefix] += own.contains(name.substr(prefix.size()));
  }
  std::string best;
  for (const auto& [prefix, count] : matches) {
    if (count > matches[best] || (count == matches[best] && prefix.size() < best.size())) best = prefix;
  }
  return best;
}

/// The file's tensors that have our names, under these; finds the prefix and what is unexpected.
std::map<std::string, at::Tensor> rename(const Own& own, const NamedTensors& tensors, WeightReport* report) {
  std::map<std::string, at::Tensor> given;
  report->prefix = best_prefix(own, tensors);
  for (const auto& [name, tensor] : tensors) {
    if (name.ends_with("num_batches_tracked")) continue;
    const std::string ours = name.starts_with(report->prefix) ? name.substr(report->prefix.size()) : "";
    if (own.contains(ours)) {
      given[ours] = tensor;
    } else {
      report->unexpected.push_back(name);
    }
  }
  return given;
}

std::string first_three(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  return fmt::format("{}",
                     fmt::join(names.begin(), names.begin() + std::min<std::ptrdiff_t>(3, std::ssize(names)), ", "));
}

void check_report(const WeightReport& report, const NamedTensors& used, const std::string& where) {
  if (report.matched.empty() && report.mismatched.empty()) {
    fail<DataError>(
        "{}: not one tensor has a name of this network. The file has {} ({} in all), the network needs {} ({} in all). "
        "Are they the weights of another network?",
        where, first_three(report.unexpected), report.unexpected.size(), first_three(report.missing),
        report.missing.size());
  }
  for (const auto& [name, tensor] : used) {
    if (!tensor.is_floating_point()) {
      fail<DataError>(
          "{}: \"{}\" has numbers of type {}, weights are floating-point. Give those of the network before it was "
          "quantised.",
          where, name, c10::toString(tensor.scalar_type()));
    }
  }
}

}  // namespace

WeightReport set_weights(const std::vector<Layer*>& layers, const NamedTensors& tensors, const std::string& where,
                         const std::string& scope) {
  WeightReport report;
  std::vector<std::string> names;
  const Own own = state_of(layers, scope, &names);
  std::map<std::string, at::Tensor> given = rename(own, tensors, &report);
  NamedTensors used;
  for (const auto& name : names) {
    const at::IntArrayRef needed = own.at(name).front().sizes();
    if (!given.contains(name)) {
      report.missing.push_back(name);
    } else if (given[name].sizes() != needed) {
      report.mismatched.push_back({name, given[name].sizes().vec(), needed.vec()});
    } else {
      report.matched.push_back(name);
      used.emplace_back(name, given[name]);
    }
  }
  check_report(report, used, where);
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : used) {
    for (const at::Tensor& copy : own.at(name)) at::Tensor(copy).copy_(tensor);
  }
  return report;
}

}  // namespace reconcile
