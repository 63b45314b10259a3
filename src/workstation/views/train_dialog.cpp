// SPDX-License-Identifier: Apache-2.0
#include "views/train_dialog.h"

#include <QFileDialog>

#include "presenters/words.h"
#include "ui_train_dialog.h"
#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
constexpr int kWidth = 880;
constexpr int kMostEpochs = 10'000, kMostMinutes = 10'000;

/// A whole number that may be left out.
void setRange(NumberBox& box, double most, const QString& unit, const QString& none) {
  box.setDecimals(0);
  box.setRange(0.0, most);
  box.setSuffix(unit);
  box.setSpecialValueText(none);
}

std::optional<int> countOf(const NumberBox& box) {
  return box.value() > 0.0 ? std::optional(static_cast<int>(box.value())) : std::nullopt;
}
}  // namespace

TrainDialog::TrainDialog(const std::filesystem::path& store, QWidget* parent)
    : QDialog(parent), form_(store), ui_(new Ui::TrainDialog) {
  ui_->setupUi(this);
  setMinimumWidth(kWidth);
  setRange(*ui_->epochs, kMostEpochs, {}, QStringLiteral("as the preset"));
  setRange(*ui_->minutes, kMostMinutes, QStringLiteral(" min"), QStringLiteral("no limit"));
  setRange(*ui_->patience, kMostEpochs, QStringLiteral(" epochs without gain"),
           QStringLiteral("never"));
  ui_->mirror->setChecked(true);
  ui_->start->setDefault(true);
  fillChoices();
  describeControls();
  connectControls();
  connect(&form_, &TrainingForm::changed, this, &TrainDialog::takeForm);
  connect(&form_, &TrainingForm::devicesChanged, this, &TrainDialog::takeDevices);
  takeForm();
  ui_->browse->setFocus();
}

TrainDialog::~TrainDialog() = default;

void TrainDialog::fillChoices() {
  for (const auto& preset : segment::trainPresets()) {
    ui_->preset->addItem(words::from(preset.name), words::from(preset.sentence));
  }
  ui_->preset->setCurrentText(words::from(form_.options().preset));
  ui_->startFrom->addItem(QStringLiteral("nothing: anew"), QString());
  for (const pipeline::InstalledModel& model : form_.models()) {
    ui_->startFrom->addItem(words::from(model.name), words::from(model.folder.string()));
  }
  ui_->region->setChoices(form_.regions(), {});
  ui_->region->setPlaceholder(QStringLiteral("any"));
  ui_->device->addItem(QStringLiteral("the best there is"), QStringLiteral("auto"));
}

void TrainDialog::takeDevices() {
  for (const QString& device : form_.devices()) {
    ui_->device->addItem(device == QLatin1String("cpu") ? QStringLiteral("processor") : device,
                         device);
  }
}

void TrainDialog::describeControls() {
  describe(ui_->dataset, QStringLiteral("File of the training set"), {},
           QStringLiteral("Made by “sonotwin dataset build”"));
  describe(ui_->browse, QStringLiteral("Choose the file of a training set"),
           QStringLiteral("Ctrl O"));
  describe(ui_->name, QStringLiteral("Name of the network"));
  describe(ui_->preset, QStringLiteral("Preset"));
  describe(ui_->region, QStringLiteral("Body region the network is for"), {},
           QStringLiteral("As files name it; the network is offered for clips of it"));
  describe(ui_->startFrom, QStringLiteral("Network to start from"), {},
           QStringLiteral("Goes on learning from its weights instead of from nothing"));
  describe(ui_->epochs, QStringLiteral("Epochs"), {},
           QStringLiteral("Passes through the cases; 0: as many as the preset has"));
  describe(ui_->minutes, QStringLiteral("Time limit in minutes"), {},
           QStringLiteral("The whole schedule is fitted into it; 0: no limit"));
  describe(ui_->patience, QStringLiteral("Stop after so many epochs without gain"), {},
           QStringLiteral("0: never"));
  describe(ui_->device, QStringLiteral("What to compute on"));
  describe(ui_->mirror, ui_->mirror->text(), {},
           QStringLiteral("Pictures are also shown mirrored. Off where a label has a side."));
  describe(ui_->synthetic, ui_->synthetic->text(), {},
           QStringLiteral("The network's card will say that it is not meant for real ones"));
  describe(ui_->start, QStringLiteral("Start training"), QStringLiteral("Enter"));
  describe(ui_->leave, QStringLiteral("Close"), QStringLiteral("Esc"));
}

void TrainDialog::connectControls() {
  segment::TrainOptions& options = form_.options();
  const auto read = [this] {
    const QString path = ui_->dataset->text().trimmed();
    if (!path.isEmpty() && path.toStdString() != form_.path()) {
      form_.setDataset(path.toStdString());
    }
  };
  connect(ui_->dataset, &QLineEdit::editingFinished, this, read);
  connect(ui_->browse, &QPushButton::clicked, this, [this, read] {
    const QString file = QFileDialog::getOpenFileName(
        this, QStringLiteral("Training set"), {},
        QStringLiteral("Training sets (*.st *.safetensors);;All files (*)"));
    if (file.isEmpty()) return;
    ui_->dataset->setText(file);
    read();
  });
  ui_->browse->setShortcut(QKeySequence(QStringLiteral("Ctrl+O")));
  connect(ui_->name, &QLineEdit::textEdited, &form_, &TrainingForm::setName);
  connect(ui_->preset, &QComboBox::currentTextChanged, this, [this, &options] {
    options.preset = ui_->preset->currentText().toStdString();
    takeForm();
  });
  connect(ui_->startFrom, &QComboBox::currentIndexChanged, this,
          [this] { form_.setStartFrom(ui_->startFrom->currentData().toString().toStdString()); });
  connect(ui_->mirror, &QCheckBox::toggled, this, [&options](bool on) { options.mirror = on; });
  connect(ui_->synthetic, &QCheckBox::toggled, this,
          [&options](bool on) { options.synthetic = on; });
  connect(ui_->leave, &QPushButton::clicked, this, &QDialog::reject);
  connect(ui_->start, &QPushButton::clicked, this, &QDialog::accept);
}

void TrainDialog::takeForm() {
  if (!ui_->name->hasFocus() || ui_->name->text().isEmpty()) ui_->name->setText(form_.name());
  ui_->presetSentence->setText(ui_->preset->currentData().toString());
  ui_->datasetFacts->setFacts(form_.dataset() ? datasetFacts(*form_.dataset()) : QList<Fact>());
  QString said = form_.datasetProblem();
  if (form_.reading()) said = QStringLiteral("Reading the training set …");
  if (form_.path().empty()) {
    said = QStringLiteral(
        "Choose the file of a training set: pictures with drawn masks, split by patient. "
        "“sonotwin dataset build” makes one.");
  }
  setRole(ui_->datasetProblem, form_.datasetProblem().isEmpty() ? "secondary" : "look");
  ui_->datasetProblem->setText(said);
  ui_->datasetProblem->setVisible(!said.isEmpty());
  QString problem;
  if (form_.dataset() && form_.datasetProblem().isEmpty()) {
    problem = form_.nameProblem();
    if (problem.isEmpty()) problem = form_.startNote();
  }
  ui_->problem->setText(problem);
  ui_->start->setEnabled(form_.ready());
}

TrainingPlan TrainDialog::plan() {
  segment::TrainOptions& options = form_.options();
  options.device = ui_->device->currentData().toString().toStdString();
  options.epochs = countOf(*ui_->epochs);
  options.patience = countOf(*ui_->patience);
  if (ui_->minutes->value() > 0.0) options.max_minutes = ui_->minutes->value();
  const std::string region = words::regionTerm(ui_->region->currentText());
  if (!region.empty()) options.body_regions = {region};
  return form_.plan();
}

}  // namespace sonotwin::workstation
