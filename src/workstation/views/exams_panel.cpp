// SPDX-License-Identifier: Apache-2.0
#include "views/exams_panel.h"

#include <QHBoxLayout>
#include <QScopedValueRollback>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "presenters/people.h"
#include "presenters/words.h"
#include "theme/tokens.h"
#include "views/confirm_dialog.h"
#include "views/merge_dialog.h"
#include "views/protocol_dialog.h"
#include "widgets/clip_grid.h"
#include "widgets/controls.h"
#include "widgets/exam_timeline.h"

namespace sonotwin::workstation {
namespace {
/// "✓ Left lobe", a link to its clip, or "○ Left lobe, missing".
QString viewText(const store::ProtocolStatus::View& view) {
  QString name = words::from(view.view.name).toHtmlEscaped();
  name.replace(QLatin1Char(' '), QStringLiteral("&nbsp;"));
  const auto coloured = [](QRgb colour, const QString& text) {
    return QStringLiteral("<span style=\"color:%1\">%2</span>")
        .arg(tokens::colour(colour).name(), text);
  };
  if (view.clip_ids.empty()) {
    return coloured(tokens::kLook, QStringLiteral("○&nbsp;%1,&nbsp;missing").arg(name));
  }
  return QStringLiteral("%1&nbsp;<a href=\"%2\" style=\"color:%3; text-decoration:none\">%4</a>")
      .arg(coloured(tokens::kGood, QStringLiteral("✓")), words::from(view.clip_ids.front()),
           tokens::colour(tokens::kText).name(), name);
}
}  // namespace

ExamsPanel::ExamsPanel(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      clips_(session),
      protocol_(session),
      timeline_(new ExamTimeline(this)),
      exam_heading_(new Heading(this)),
      grid_(new ClipGrid(this)) {
  timeline_->setObjectName(QStringLiteral("timeline"));
  grid_->setObjectName(QStringLiteral("clips"));
  grid_->setModel(&clips_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 12, 8, 0);
  column->setSpacing(10);
  column->addLayout(buildPeople());
  column->addWidget(timeline_);
  column->addWidget(buildProtocol());
  column->addSpacing(2);
  column->addWidget(exam_heading_);
  column->addWidget(grid_, 1);
  connectAll();
}

QHBoxLayout* ExamsPanel::buildPeople() {
  also_ = new QWidget(this);
  auto* also = new QHBoxLayout(also_);
  also->setContentsMargins(0, 0, 0, 0);
  also->setSpacing(6);
  merge_ = new QPushButton(QStringLiteral("Same person as…"), this);
  merge_->setObjectName(QStringLiteral("merge"));
  merge_->setProperty("role", QStringLiteral("link"));
  describe(merge_, QStringLiteral("Same person as…"), {},
           QStringLiteral("Puts two pseudonyms of one person on one time line"));
  connect(merge_, &QPushButton::clicked, this, &ExamsPanel::askMerge);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 12, 0);
  row->setSpacing(14);
  row->addWidget(new Heading(QStringLiteral("Time line"), this));
  row->addStretch(1);
  row->addWidget(also_);
  row->addWidget(merge_);
  return row;
}

QWidget* ExamsPanel::buildProtocol() {
  protocol_row_ = new QWidget(this);
  protocols_ = new ComboBox(protocol_row_);
  protocols_->setObjectName(QStringLiteral("protocol"));
  describe(protocols_, QStringLiteral("Acquisition protocol"), {},
           QStringLiteral("The views that this exam should have; others keep their own"));
  connect(protocols_, &QComboBox::activated, this, [this](int index) {
    protocol_.choose(session_.studyId(), protocols_->itemData(index).toString().toStdString());
  });
  views_ = label({}, nullptr, protocol_row_);
  views_->setObjectName(QStringLiteral("protocolViews"));
  views_->setTextFormat(Qt::RichText);
  views_->setWordWrap(true);
  views_->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
  connect(views_, &QLabel::linkActivated, this,
          [this](const QString& clip) { session_.selectClip(clip.toStdString()); });
  auto* row = new QHBoxLayout(protocol_row_);
  row->setContentsMargins(0, 0, 12, 0);
  row->setSpacing(14);
  row->addWidget(protocols_, 0, Qt::AlignTop);
  row->addWidget(views_, 1);
  auto* edit = new QPushButton(tr("Protocols…"), protocol_row_);
  edit->setObjectName(QStringLiteral("protocols"));
  edit->setProperty("role", QStringLiteral("link"));
  describe(edit, tr("Protocols…"), QStringLiteral("Ctrl P"),
           tr("Makes, changes and deletes the lists of views that exams should have"));
  edit->setFixedHeight(protocols_->sizeHint().height());
  clickOn(edit, QKeySequence(QStringLiteral("Ctrl+P")));
  connect(edit, &QPushButton::clicked, this, &ExamsPanel::editProtocols);
  row->addWidget(edit, 0, Qt::AlignTop);
  return protocol_row_;
}

void ExamsPanel::connectAll() {
  connect(&session_, &Session::patientsChanged, this, &ExamsPanel::takePatient);
  connect(&session_, &Session::patientChanged, this, &ExamsPanel::takePatient);
  connect(&session_, &Session::studyChanged, this, &ExamsPanel::takeStudy);
  connect(&session_, &Session::clipChanged, this, &ExamsPanel::takeStudy);
  connect(&protocol_, &ExamProtocol::changed, this, &ExamsPanel::takeProtocols);
  connect(&session_, &Session::refused, this, &ExamsPanel::takeViews);
  connect(timeline_, &ExamTimeline::chosen, &session_, &Session::selectStudy);
  connect(grid_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (following_ || !index.isValid()) return;
            session_.selectClip(index.data(ClipList::kIdRole).toString().toStdString());
          });
  connect(grid_, &ClipGrid::doubleClicked, this, &ExamsPanel::openClip);
}

void ExamsPanel::takePatient() {
  for (auto* old : also_->findChildren<QPushButton*>()) old->deleteLater();
  const auto& patients = session_.patients();
  const auto entry = std::ranges::find(patients, session_.patientId(),
                                       [](const PatientEntry& one) { return one.row.id; });
  const bool known = entry != patients.end();
  merge_->setVisible(known && patients.size() > 1);
  if (!known) return;
  for (const std::string& id : entry->row.merged) {
    auto* out = new QPushButton(QStringLiteral("Take out %1…").arg(words::from(id)), also_);
    out->setObjectName(QStringLiteral("unmerge"));
    out->setProperty("role", QStringLiteral("link"));
    describe(out, out->text(), {},
             QStringLiteral("Found to be the same person: here it is undone"));
    connect(out, &QPushButton::clicked, this, [this, id] { askUnmerge(id); });
    also_->layout()->addWidget(out);
    out->show();
  }
}

void ExamsPanel::takeStudy() {
  const QScopedValueRollback guard(following_, true);
  std::vector<ExamNote> notes;
  const auto& studies = session_.studies();
  const bool held = std::ranges::any_of(
      studies, [this](const auto& study) { return !protocol_.name(study.id).empty(); });
  for (std::size_t i = 0; held && i < studies.size(); ++i) {
    const auto* status = protocol_.status(studies[i].id);
    notes.push_back({protocol_.words(studies[i].id), status && status->missing == 0});
  }
  timeline_->setExams(session_.studies(), session_.studyId(), std::move(notes));
  const auto study = session_.study();
  const auto count =
      words::count(std::ssize(session_.clips()), QStringLiteral("clip"), QStringLiteral("clips"));
  exam_heading_->setText(study ? QStringLiteral("Exam %1 · %2").arg(study->number).arg(count)
                               : QString());
  const QModelIndex clip = clips_.indexOf(session_.clipId());
  if (clip.isValid()) grid_->setCurrentIndex(clip);
  takeViews();
}

void ExamsPanel::takeProtocols() {
  const QSignalBlocker quiet(protocols_);
  protocols_->clear();
  protocols_->addItem(QStringLiteral("No protocol"), QString());
  for (const store::AcquisitionProtocol& protocol : protocol_.all()) {
    protocols_->addItem(words::from(protocol.name), words::from(protocol.name));
  }
  protocols_->setVisible(!protocol_.all().empty());
  takeStudy();
}

void ExamsPanel::editProtocols() {
  auto* dialog = new ProtocolDialog(session_, window());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ProtocolDialog::said, this, &ExamsPanel::said);
  dialog->open();
}

void ExamsPanel::takeViews() {
  const QString held = words::from(protocol_.name(session_.studyId()));
  protocols_->setCurrentIndex(std::max(0, protocols_->findData(held)));
  const auto* status = protocol_.status(session_.studyId());
  QStringList texts;
  if (status) {
    for (const auto& view : status->views) texts << viewText(view);
  }
  views_->setText(texts.join(QStringLiteral(" &nbsp; ")));
}

void ExamsPanel::askMerge() {
  auto* dialog = new MergeDialog(session_, session_.patientId(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog, into = session_.patientId()] {
    mergePatients(session_, into, dialog->other(),
                  [this](const QString& what) { Q_EMIT said(what); });
  });
  dialog->open();
}

void ExamsPanel::askUnmerge(const std::string& id) {
  const auto& patients = session_.patients();
  const auto entry = std::ranges::find(patients, session_.patientId(),
                                       [](const PatientEntry& one) { return one.row.id; });
  if (entry == patients.end()) return;
  ConfirmDialog::ask(
      this,
      {QStringLiteral("Take %1 out?").arg(words::from(id)), unmergeWords(entry->row, id),
       QStringLiteral("Take it out"), QStringLiteral("Leave it as it is")},
      [this, id] {
        unmergePatient(session_, id, [this](const QString& what) { Q_EMIT said(what); });
      });
}

}  // namespace sonotwin::workstation
