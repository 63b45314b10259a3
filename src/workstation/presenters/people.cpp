// SPDX-License-Identifier: Apache-2.0
#include "presenters/people.h"

#include <utility>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
QString exams(const store::PatientRow& row) {
  return words::count(row.exam_count, QStringLiteral("exam"), QStringLiteral("exams"));
}
}  // namespace

QString mergeWords(const store::PatientRow& into, const store::PatientRow& from) {
  return QStringLiteral(
             "%1 and %2 become one person, called %1 from then on; either name finds it. The %3 of "
             "%2 and the %4 of %1 stand on one time line, exact to the day, and later files of "
             "either join it.\n\nNothing is deleted. “Take out” undoes it at any time.")
      .arg(words::from(into.id), words::from(from.id), exams(from), exams(into));
}

QString unmergeWords(const store::PatientRow& merged, const std::string& taken) {
  return QStringLiteral(
             "%1 becomes a person of its own again, with its own exams and those merged into it "
             "before. They leave the time line of %2, whose days count from its own first exam.\n\n"
             "Nothing is deleted. Merging the two again undoes it.")
      .arg(words::from(taken), words::from(merged.id));
}

void mergePatients(Session& session, const std::string& into, const std::string& from,
                   std::function<void(const QString&)> done) {
  session.change(
      [into, from](store::Store& store) { store.mergePatients(into, from); },
      [&session, into, from, done = std::move(done)] {
        session.selectPatient(into);
        done(QStringLiteral("%1 and %2 are one person.").arg(words::from(into), words::from(from)));
      });
}

void unmergePatient(Session& session, const std::string& taken,
                    std::function<void(const QString&)> done) {
  session.change([taken](store::Store& store) { store.unmergePatient(taken); },
                 [taken, done = std::move(done)] {
                   done(QStringLiteral("%1 is a person of its own again.").arg(words::from(taken)));
                 });
}

}  // namespace sonotwin::workstation
