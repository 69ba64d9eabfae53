#pragma once

#include "reconcile/models/model.h"

namespace reconcile {

/// One whole backbone for each task, whose features meet between the stages: column t goes on with a mixture of what
/// all columns gave, so every task's loss reaches every column. All layers are splittable.
class ColumnModel : public MultiTaskModel {
 public:
  Representation represent(const Streams& inputs) override;

 protected:
  /// Declares the columns and heads.
  explicit ColumnModel(const ModelContext& context);

  /// What column t reads in the stage behind `stage`, from what all columns gave.
  virtual Streams meet(int64_t stage, int64_t t, const std::vector<Streams>& given) = 0;

  [[nodiscard]] const Backbone& column(int64_t t) const { return columns_[t]; }
  /// Stages that are followed by another one.
  [[nodiscard]] int64_t num_meetings() const { return columns_.front().num_stages() - 1; }
  /// Declares numbers for each meeting and column: [meetings][T] layers called `<name>.<stage>.<task>`, each with one
  /// number a column, which start at `own` for the column itself and at `other` for the others.
  std::vector<std::vector<Layer*>> add_mixing(const std::string& name, double own, double other);

 private:
  std::vector<Backbone> columns_;
};

}  // namespace reconcile
