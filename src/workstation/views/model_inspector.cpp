// SPDX-License-Identifier: Apache-2.0
#include "views/model_inspector.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QMenu>

#include "presenters/clip_facts.h"
#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "theme/tokens.h"
#include "ui_model_inspector.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
QList<Fact> volumeFacts(const std::optional<store::VolumeRow>& row) {
  if (!row) return {};
  return {{QStringLiteral("Volume"),
           QStringLiteral("%1 × %2 × %3").arg(row->dims[0]).arg(row->dims[1]).arg(row->dims[2])},
          {QStringLiteral("Spacing"), QStringLiteral("%1 mm").arg(row->spacing_mm, 0, 'f', 2)},
          {QStringLiteral("Observed"), words::percent(row->observed_fraction)}};
}

QList<Fact> surfaceFacts(const ShownSurface& shown) {
  QList<Fact> facts = {{words::label(shown.row.label), words::millilitres(shown.row.volume_ml)}};
  if (shown.voxels_ml) {
    facts.append({QStringLiteral("   by voxels"), words::millilitres(*shown.voxels_ml)});
  }
  facts.append({QStringLiteral("   area"), words::squareCentimetres(shown.row.area_mm2)});
  facts.append({QStringLiteral("   extents"), QStringLiteral("%1 × %2 × %3 mm")
                                                  .arg(shown.extents_mm[0], 0, 'f', 1)
                                                  .arg(shown.extents_mm[1], 0, 'f', 1)
                                                  .arg(shown.extents_mm[2], 0, 'f', 1)});
  return facts;
}
}  // namespace

ModelInspectorView::ModelInspectorView(ClipPlayer& player, SpaceContent& space, QWidget* parent)
    : QWidget(parent), player_(player), space_(space), ui_(new Ui::ModelInspector) {
  ui_->setupUi(this);
  describe(ui_->rebuild, QStringLiteral("Rebuild"), QStringLiteral("Ctrl R"),
           QStringLiteral("Volumes and surfaces again from the masks there are"));
  describe(ui_->export_, QStringLiteral("Export mesh"), QStringLiteral("Ctrl E"));
  ui_->rebuild->setShortcut(QKeySequence(QStringLiteral("Ctrl+R")));
  ui_->export_->setShortcut(QKeySequence(QStringLiteral("Ctrl+E")));
  connect(ui_->rebuild, &QPushButton::clicked, this, &ModelInspectorView::rebuild);
  connect(ui_->export_, &QPushButton::clicked, this, &ModelInspectorView::chooseExport);
  connect(&space, &SpaceContent::changed, this, &ModelInspectorView::takeSpace);
  connect(&player.session().jobs(), &JobRunner::started, this, &ModelInspectorView::takeJobs);
  connect(&player.session().jobs(), &JobRunner::idle, this, &ModelInspectorView::takeJobs);
  takeSpace();
}

ModelInspectorView::~ModelInspectorView() = default;

void ModelInspectorView::takeSpace() {
  qDeleteAll(boxes_);
  boxes_.clear();
  for (const ShownSurface& shown : space_.surfaces()) addLabelBox(shown);
  if (space_.volume()) {
    addLayerBox("Volume", tokens::colour(tokens::kSecondary), layers_.volume, "V");
  }
  addLayerBox("Sweep and probe path", tokens::colour(tokens::kSweep), layers_.sweep, "S");
  addLayerBox("Frame in view", tokens::colour(tokens::kText), layers_.frame, "F");
  addLayerBox("Axes and scale", tokens::colour(tokens::kFaint), layers_.axes, "A");
  takeFacts();
  takeJobs();
}

void ModelInspectorView::addLabelBox(const ShownSurface& shown) {
  const auto [r, g, b] = shown.colour;
  const std::string label = shown.row.label;
  const bool on = !layers_.hidden_labels.contains(label);
  QCheckBox* box = addBox(words::from(label), QColor(r, g, b), on, {});
  connect(box, &QCheckBox::toggled, this, [this, label](bool show) {
    if (show) {
      layers_.hidden_labels.erase(label);
    } else {
      layers_.hidden_labels.insert(label);
    }
    Q_EMIT layersChanged();
  });
}

void ModelInspectorView::addLayerBox(const QString& name, const QColor& colour, bool& layer,
                                     const QString& key) {
  connect(addBox(name, colour, layer, key), &QCheckBox::toggled, this, [this, &layer](bool show) {
    layer = show;
    Q_EMIT layersChanged();
  });
}

QCheckBox* ModelInspectorView::addBox(const QString& name, const QColor& colour, bool on,
                                      const QString& key) {
  auto* box = new QCheckBox(words::region(name.toStdString()), ui_->show);
  box->setProperty("swatch", colour);
  box->setChecked(on);
  box->setFocusPolicy(Qt::TabFocus);
  describe(box, QStringLiteral("Show ") + name, key);
  if (!key.isEmpty()) box->setShortcut(QKeySequence(key));
  ui_->show->layout()->addWidget(box);
  boxes_.append(box);
  return box;
}

void ModelInspectorView::takeFacts() {
  const QList<Fact> volume = volumeFacts(space_.volumeRow());
  QList<Fact> measured;
  for (const ShownSurface& shown : space_.surfaces()) measured += surfaceFacts(shown);
  ui_->volumeFacts->setFacts(volume);
  ui_->volumeFacts->setVisible(!volume.isEmpty());
  ui_->measurements->setFacts(measured);
  ui_->measurements->setVisible(!measured.isEmpty());
  ui_->noMeasurements->setVisible(measured.isEmpty());
  ui_->export_->setEnabled(!space_.surfaces().empty() || space_.volume());
}

void ModelInspectorView::takeJobs() {
  const bool busy = player_.session().jobs().busy();
  const bool masks = !player_.session().masks().empty();
  ui_->rebuild->setEnabled(!busy && player_.session().clip().has_value());
  ui_->source->setEnabled(masks);
  ui_->rebuildHint->setText(busy    ? QStringLiteral("A job is running.")
                            : masks ? QString()
                                    : QStringLiteral("No masks yet: only B-mode can be rebuilt."));
  ui_->rebuildHint->setVisible(!ui_->rebuildHint->text().isEmpty());
}

void ModelInspectorView::rebuild() {
  Session& session = player_.session();
  const auto clip = session.clip();
  if (!clip || session.jobs().busy()) return;
  reconstruct::VoxelOptions options;
  options.spacing_mm = ui_->spacing->value();
  const auto source = session.masks().empty()
                          ? RebuildSource::kBmode
                          : static_cast<RebuildSource>(ui_->source->currentIndex());
  session.jobs().start(rebuildJob(session.place(), *clip, objectWords(session), source, options));
}

void ModelInspectorView::chooseExport() {
  QMenu menu(this);
  for (const ShownSurface& shown : space_.surfaces()) {
    const QString name = words::label(shown.row.label);
    menu.addAction(QStringLiteral("Surface of ") + name, this, [this, id = shown.row.id, name] {
      exportObject(id, name, QStringLiteral(".stl"),
                   QStringLiteral("Meshes (*.stl *.ply *.obj *.glb *.vtp)"));
    });
  }
  if (const auto& row = space_.volumeRow()) {
    menu.addAction(QStringLiteral("B-mode volume"), this, [this, id = row->id] {
      exportObject(id, QStringLiteral("B-mode volume"), QStringLiteral(".nrrd"),
                   QStringLiteral("Volumes (*.nrrd *.mha *.nii.gz)"));
    });
  }
  menu.exec(ui_->export_->mapToGlobal(QPoint(0, ui_->export_->height() + 4)));
}

void ModelInspectorView::exportObject(const std::string& id, const QString& name,
                                      const QString& suffix, const QString& filter) {
  const QString proposed = QString(name).toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
  const QString path = QFileDialog::getSaveFileName(this, QStringLiteral("Export ") + name,
                                                    proposed + suffix, filter);
  if (path.isEmpty()) return;
  Session& session = player_.session();
  session.jobs().start(exportJob(session.place(), id, name, path.toStdString()));
}

}  // namespace sonotwin::workstation
