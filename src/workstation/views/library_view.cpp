// SPDX-License-Identifier: Apache-2.0
#include "views/library_view.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMimeData>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QStyle>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include "presenters/words.h"
#include "views/exams_panel.h"
#include "views/import_dialog.h"
#include "views/library_inspector.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kPatientsWidth = 520;
constexpr int kPatientsSmallest = 484;
constexpr int kBadgesWidth = 118;
}  // namespace

LibraryView::LibraryView(Session& session, ClipContent& content, QWidget* parent)
    : Workspace(parent),
      session_(session),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      exams_(new ExamsPanel(session, this)),
      inspector_(new LibraryInspectorView(session, content)) {
  setObjectName(QStringLiteral("dropTarget"));
  setAttribute(Qt::WA_StyledBackground);
  setAcceptDrops(true);
  auto* lists = new QWidget(this);
  auto* row = new QHBoxLayout(lists);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(buildPatients(), 2);
  row->addWidget(exams_, 3);
  pages_->addWidget(lists);
  pages_->addWidget(empty_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connect(empty_->button(), &QPushButton::clicked, this, [this] {
    if (session_.waiting().empty()) {
      import();
    } else {
      Q_EMIT goTo(Place::kQuarantine);
    }
  });
  connectLists();
  takeWaiting();
}

LibraryView::~LibraryView() = default;

QWidget* LibraryView::inspector() {
  return inspector_;
}

QWidget* LibraryView::buildPatients() {
  auto* panel = new QWidget(this);
  panel->setObjectName(QStringLiteral("sidePanel"));
  panel->setAttribute(Qt::WA_StyledBackground);
  panel->setMinimumWidth(kPatientsSmallest);
  panel->setMaximumWidth(kPatientsWidth);
  auto* import = new QPushButton(QStringLiteral("Import…"), panel);
  import->setObjectName(QStringLiteral("import"));
  describe(import, QStringLiteral("Import files or folders"), QStringLiteral("Ctrl I"));
  connect(import, &QPushButton::clicked, this, &LibraryView::import);
  auto* search = new QPushButton(QStringLiteral("Search clips…"), panel);
  search->setObjectName(QStringLiteral("searchClips"));
  search->setProperty("role", QStringLiteral("quiet"));
  describe(search, QStringLiteral("Search clips"), QStringLiteral("Ctrl F"),
           QStringLiteral("By region, day, device, label or words; searches can be saved"));
  connect(search, &QPushButton::clicked, this, [this] { Q_EMIT goTo(Place::kSearch); });
  quarantine_ = new QPushButton(panel);
  quarantine_->setObjectName(QStringLiteral("quarantine"));
  connect(quarantine_, &QPushButton::clicked, this, [this] { Q_EMIT goTo(Place::kQuarantine); });
  table_ = new QTableView(panel);
  table_->setObjectName(QStringLiteral("patients"));
  table_->setAccessibleName(QStringLiteral("Patients"));
  filter_.setSourceModel(&patients_);
  table_->setModel(&filter_);
  table_->setItemDelegate(new PatientDelegate(table_));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setSortingEnabled(true);
  table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  table_->setShowGrid(false);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(34);
  table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setMinimumSectionSize(40);
  table_->setColumnWidth(PatientTable::kPatient, 114);
  table_->setColumnWidth(PatientTable::kLastExam, 86);
  table_->setColumnWidth(PatientTable::kExams, 56);
  table_->horizontalHeader()->setSectionResizeMode(PatientTable::kRegion, QHeaderView::Stretch);
  table_->setColumnWidth(PatientTable::kBadges, kBadgesWidth);
  no_match_ = label(QStringLiteral("No patient matches the search."), "secondary", panel);
  no_match_->setAlignment(Qt::AlignCenter);
  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(14, 14, 14, 6);
  buttons->setSpacing(8);
  buttons->addWidget(import);
  buttons->addWidget(search);
  buttons->addStretch(1);
  buttons->addWidget(quarantine_);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 1, 0);
  column->setSpacing(4);
  column->addLayout(buttons);
  column->addWidget(no_match_);
  column->addWidget(table_, 1);
  return panel;
}

void LibraryView::connectLists() {
  connect(&session_, &Session::patientsChanged, this, &LibraryView::takePatients);
  connect(&session_, &Session::waitingChanged, this, &LibraryView::takeWaiting);
  connect(&session_, &Session::patientChanged, this, &LibraryView::takeSelection);
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& row) {
            if (following_ || !row.isValid()) return;
            session_.selectPatient(row.data(PatientTable::kIdRole).toString().toStdString());
          });
  connect(exams_, &ExamsPanel::said, this, &LibraryView::said);
  connect(exams_, &ExamsPanel::openClip, this, &LibraryView::openClip);
  connect(table_, &QTableView::doubleClicked, this, &LibraryView::openClip);
  connect(inspector_, &LibraryInspectorView::openClip, this, &LibraryView::openClip);
}

void LibraryView::takePatients() {
  const QScopedValueRollback guard(following_, true);
  patients_.setPatients(session_.patients());
  const int page = session_.patients().empty() ? 1 : 0;
  const bool turned = pages_->currentIndex() != page;
  pages_->setCurrentIndex(page);
  if (turned && isVisible()) enter();
  no_match_->setVisible(filter_.rowCount() == 0);
  inspector_->setVisible(!session_.patients().empty());
  Q_EMIT inspectorChanged();
}

void LibraryView::takeWaiting() {
  const auto count = session_.waiting().size();
  const bool none = count == 0;
  quarantine_->setText(none ? QStringLiteral("Quarantine")
                            : QStringLiteral("Quarantine  %1").arg(count));
  describe(quarantine_,
           none ? QStringLiteral("Quarantine: nothing waits")
                : words::count(qint64(count), QStringLiteral("object waits in the quarantine"),
                               QStringLiteral("objects wait in the quarantine")),
           QStringLiteral("F7"),
           QStringLiteral("Pictures that may show a name, until somebody has looked"));
  setRole(quarantine_, none ? "quiet" : "look");
  if (none) {
    empty_->setWords(
        QStringLiteral("Your patients will be here"),
        QStringLiteral("Import DICOM files, tracked sweeps or pictures, or drop them on "
                       "this window. Names and dates stay out of the store; each "
                       "patient gets a pseudonym."),
        QStringLiteral("Import…"));
  } else {
    empty_->setWords(words::count(qint64(count), QStringLiteral("object waits for a look"),
                                  QStringLiteral("objects wait for a look")),
                     QStringLiteral("Their pictures may show a name. Look at them and release "
                                    "them: then your patients will be here."),
                     QStringLiteral("Open the quarantine"));
  }
}

void LibraryView::takeSelection() {
  const QScopedValueRollback guard(following_, true);
  const QString wanted = words::from(session_.patientId());
  for (int row = 0; row < filter_.rowCount(); ++row) {
    const QModelIndex index = filter_.index(row, 0);
    if (index.data(PatientTable::kIdRole).toString() == wanted) table_->setCurrentIndex(index);
  }
}

bool LibraryView::settled() const {
  return exams_->settled();
}

void LibraryView::enter() {
  inspector_->takeModels();
  (session_.patients().empty() ? static_cast<QWidget*>(empty_->button()) : table_)->setFocus();
}

void LibraryView::setSearch(const QString& text) {
  const QScopedValueRollback guard(following_, true);
  filter_.setSearch(text);
  no_match_->setVisible(filter_.rowCount() == 0 && !session_.patients().empty());
  takeSelection();
}

void LibraryView::import() {
  importPaths({});
}

void LibraryView::importPaths(const std::vector<std::filesystem::path>& paths) {
  ImportDialog dialog(paths, this);
  if (dialog.exec() == QDialog::Accepted) {
    session_.jobs().start(importJob(session_.place(), dialog.request()));
  }
}

void LibraryView::keyPressEvent(QKeyEvent* event) {
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
      !session_.clipId().empty()) {
    Q_EMIT openClip();
  } else {
    Workspace::keyPressEvent(event);
  }
}

void LibraryView::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasUrls()) return;
  event->acceptProposedAction();
  showDropping(true);
}

void LibraryView::dragLeaveEvent(QDragLeaveEvent*) {
  showDropping(false);
}

void LibraryView::dropEvent(QDropEvent* event) {
  showDropping(false);
  std::vector<std::filesystem::path> paths;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) paths.emplace_back(url.toLocalFile().toStdString());
  }
  event->acceptProposedAction();
  // The drag ends when this returns; the dialog opens after it.
  if (!paths.empty()) {
    QMetaObject::invokeMethod(
        this, [this, paths] { importPaths(paths); }, Qt::QueuedConnection);
  }
}

void LibraryView::showDropping(bool dropping) {
  setProperty("dropping", dropping);
  style()->unpolish(this);
  style()->polish(this);
}

}  // namespace sonotwin::workstation
