#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// The fixed order of the shared parameters in the flat vector [P]: definition order, never hash order.
class ParamLayout {
 public:
  /// A half-open range of [P] with a name: a layer, or one parameter tensor of a layer.
  struct Range {
    std::string name;
    int64_t begin = 0;
    int64_t end = 0;
    [[nodiscard]] int64_t size() const { return end - begin; }
    bool operator==(const Range&) const = default;
  };

  /// Starts a layer; the parameters added next belong to it.
  void add_layer(std::string name);
  /// Appends a parameter of `size` elements to the last layer.
  void add_parameter(std::string name, int64_t size);

  [[nodiscard]] const std::vector<Range>& layers() const { return layers_; }  ///< [L]
  [[nodiscard]] const std::vector<Range>& parameters() const { return parameters_; }
  [[nodiscard]] int64_t num_layers() const { return static_cast<int64_t>(layers_.size()); }
  /// P, the number of shared scalars.
  [[nodiscard]] int64_t size() const { return layers_.empty() ? 0 : layers_.back().end; }

  /// [{name, size}] per parameter, for checkpoints.
  [[nodiscard]] Json to_json() const;
  /// StateError naming the first parameter that differs from a stored layout.
  void require_same(const Json& stored, const std::string& where) const;

 private:
  std::vector<Range> layers_;
  std::vector<Range> parameters_;
};

}  // namespace reconcile
