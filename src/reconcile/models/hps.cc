// Hard parameter sharing: one backbone for all tasks, one head a task. Paper: Caruana, ICML 1993.

#include "reconcile/models/model.h"

namespace reconcile::model_entries {
namespace {

class Hps final : public MultiTaskModel {
 public:
  using Options = NoOptions;

  Hps(const Options& /*options*/, const ModelContext& context)
      : MultiTaskModel(context), backbone_(add_backbone(context, shared())) {
    add_heads(backbone_, context);
  }

  Representation represent(const Streams& inputs) override { return Representation::of(backbone_(inputs), inputs); }

 private:
  Backbone backbone_;
};

}  // namespace

ModelEntry hps_entry() { return model_entry<Hps>({"hps", "Hard parameter sharing", "Caruana, ICML 1993"}, {}); }

}  // namespace reconcile::model_entries
