"""The kinds of events that the journal keeps. Values are stored for ever: add new ones, never change one."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What happened. There is no event for changing or emptying the journal, because nothing may."""

    INSTALLATION_INITIALISED = "installation.initialised"
    AGENCY_REGISTERED = "agency.registered"
    AGENCY_CHANGED = "agency.changed"
    SOURCE_REGISTERED = "source.registered"
    SOURCE_KEY_ISSUED = "source.key_issued"
    SOURCE_KEY_REVOKED = "source.key_revoked"
    CATALOGUE_IMPORTED = "catalogue.imported"
    CATALOGUE_IMPORT_STARTED = "catalogue.import_started"
    CATALOGUE_IMPORT_FINISHED = "catalogue.import_finished"
    CATALOGUE_MAPPING_SAVED = "catalogue.mapping_saved"
    ITEM_WITHDRAWN = "item.withdrawn"
    ITEM_ADOPTED = "item.adopted"
    PLAN_ADOPTED = "plan.adopted"
    PLAN_DRAFTED = "plan.drafted"
    PLAN_SUBMITTED = "plan.submitted"
    PLAN_EXAMINED = "plan.examined"
    PLAN_IN_FORCE = "plan.in_force"
    PLAN_WITHDRAWN = "plan.withdrawn"
    LEVEL_DIFFERENCE_SETTLED = "level_difference.settled"
    CASE_EXPECTED = "case.expected"
    CASE_RECEIVED = "case.received"
    FILE_RECEIVED = "file.received"
    FILE_REPLACED = "file.replaced"
    MATERIAL_SUGGESTED = "material.suggested"
    MATERIAL_DECIDED = "material.decided"
    FILE_SHARED = "file.shared"
    SHARED_FILE_TAKEN = "file.shared_taken"
    SHARED_FILE_DIFFERS = "file.shared_differs"
    STEP_RECEIVED = "step.received"
    CLOSURE_RECEIVED = "closure.received"
    MESSAGE_REFUSED = "message.refused"
    CASE_INSPECTED = "case.inspected"
    CASE_HELD = "case.held"
    CASE_ARRANGED = "case.arranged"
    CASE_PACKAGED = "case.packaged"
    CASE_PRESERVED = "case.preserved"
    CASE_FLAGGED_LATE = "case.flagged_late"
    RECEIPT_ISSUED = "receipt.issued"
    RECORD_VIEWED = "record.viewed"
    RECORD_SEARCHED = "record.searched"
    RECORD_EXPORTED = "record.exported"
    EXPORT_TAKEN = "export.taken"
    COPY_ISSUED = "copy.issued"
    COPY_REVOKED = "copy.revoked"
    COPY_VERIFIED = "copy.verified"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_SIGNED_IN = "account.signed_in"
    ACCOUNT_SIGNED_OUT = "account.signed_out"
    ACCOUNT_SIGN_IN_FAILED = "account.sign_in_failed"
    KEY_CREATED = "key.created"
    CHECKPOINT_SIGNED = "checkpoint.signed"
    STORE_RECONCILED = "store.reconciled"
    INDEX_REBUILT = "index.rebuilt"
    HOLDINGS_VERIFIED = "holdings.verified"
    STORAGE_ROOT_ADDED = "storage_root.added"
    STORAGE_ROOT_CHANGED = "storage_root.changed"
    STORAGE_ROOT_ENDED = "storage_root.ended"
    OBJECT_COPIED = "object.copied"
    FIXITY_CYCLE_STARTED = "fixity_cycle.started"
    FIXITY_CYCLE_ENDED = "fixity_cycle.ended"
    COPY_DAMAGED = "copy.damaged"
    COPY_REPAIRED = "copy.repaired"
    COPY_FINDING_SETTLED = "copy_finding.settled"
    MIGRATION_PLANNED = "migration.planned"
    MIGRATION_TRIAL_ASKED = "migration.trial_asked"
    MIGRATION_TRIED = "migration.tried"
    MIGRATION_DECIDED = "migration.decided"
    MIGRATION_STARTED = "migration.started"
    MIGRATION_ENDED = "migration.ended"
    FILES_CONVERTED = "files.converted"
    BACKUP_MADE = "backup.made"
    BACKUP_DRILLED = "backup.drilled"
    INSTANCE_RESTORED = "instance.restored"
    CASE_REBUILT = "case.rebuilt"
    MEDIUM_ADDED = "medium.added"
    MEDIUM_CHECKED = "medium.checked"
    MEDIUM_ENDED = "medium.ended"
    SOURCE_CONNECTED = "source.connected"
    SOURCE_CONNECTION_CHANGED = "source.connection_changed"
    SOURCE_FAILED = "source.failed"
    SOURCE_RECOVERED = "source.recovered"
    SOURCE_PROBLEM_SETTLED = "source.problem_settled"
    NOTICE_RECEIVED = "notice.received"
    NOTICE_ENDED = "notice.ended"
    COUNTER_SOURCE_REGISTERED = "counter.source_registered"
    COUNTER_OPENED = "counter.opened"
    COUNTER_SCANNED = "counter.scanned"
    COUNTER_READ = "counter.read"
    COUNTER_ARRANGED = "counter.arranged"
    COUNTER_FINISHED = "counter.finished"
    COUNTER_ABANDONED = "counter.abandoned"
    CONFIRMATION_ASKED = "confirmation.asked"
    CONFIRMATION_CODE_REFUSED = "confirmation.code_refused"
    CONFIRMATION_OPENED = "confirmation.opened"
    CONFIRMATION_GIVEN = "confirmation.given"
    CONFIRMATION_SIGNED = "confirmation.signed"
    CONFIRMATION_VOID = "confirmation.void"
    LEDGER_RECEIVED = "ledger.received"
    COVERAGE_CERTIFIED = "coverage.certified"
    LEDGER_LINES_PRUNED = "ledger.lines_pruned"
    SOURCE_RETRY_ASKED = "source.retry_asked"
    NOTICE_REOPENED = "notice.reopened"
    CASE_EXPLAINED = "case.explained"
    FORMAT_POLICY_ADOPTED = "format_policy.adopted"
    EXPLANATION_REVOKED = "explanation.revoked"
    TRUST_ADDED = "trust.added"
    TRUST_ENDED = "trust.ended"
    INSPECTION_PROFILE_SAVED = "inspection.profile_saved"
    INSPECTION_STATED = "inspection.stated"
    INSPECTION_ASKED = "inspection.asked"
    PHASE_INSPECTED = "inspection.phase_made"


DESCRIPTIONS: dict[Event, str] = {
    Event.INSTALLATION_INITIALISED: "An instance was set up and its first keys were made.",
    Event.AGENCY_REGISTERED: "An agency and its fonds were entered.",
    Event.AGENCY_CHANGED: "The entry of an agency or its fonds was changed.",
    Event.SOURCE_REGISTERED: "A business system was registered as a source of cases.",
    Event.SOURCE_KEY_ISSUED: "A source was given a key to sign its requests with.",
    Event.SOURCE_KEY_REVOKED: "A key of a source was made invalid.",
    Event.CATALOGUE_IMPORTED: "Service items were imported from a file.",
    Event.CATALOGUE_IMPORT_STARTED: "The import of a catalogue file began.",
    Event.CATALOGUE_IMPORT_FINISHED: "A catalogue file was read to its end, with how many rows were taken and refused.",
    Event.CATALOGUE_MAPPING_SAVED: "A version of a column mapping was saved.",
    Event.ITEM_WITHDRAWN: "Items were withdrawn because a complete list no longer names them.",
    Event.ITEM_ADOPTED: "A version of a service item came into force.",
    Event.PLAN_ADOPTED: "A version of an archiving plan came into force.",
    Event.PLAN_DRAFTED: "A version of a plan layer was drawn up or its draft changed.",
    Event.PLAN_SUBMITTED: "A draft of a plan layer was sent in for examination.",
    Event.PLAN_EXAMINED: "The supervising authority gave its opinion on a plan layer.",
    Event.PLAN_IN_FORCE: "A version of a plan layer came into force.",
    Event.PLAN_WITHDRAWN: "A version of a plan layer was dropped before it came into force.",
    Event.LEVEL_DIFFERENCE_SETTLED: "A person settled a difference between the levels.",
    Event.CASE_EXPECTED: "Something of a case arrived before the case itself.",
    Event.CASE_RECEIVED: "A source announced a case.",
    Event.FILE_RECEIVED: "A file of a case was received whole and digested.",
    Event.FILE_REPLACED: "A source sent a newer file in place of an earlier one, which is kept.",
    Event.MATERIAL_SUGGESTED: "Materials were suggested for files that came without one; sure ones count where the plan says so.",
    Event.MATERIAL_DECIDED: "A person said which material files are that came without one, or that they are none.",
    Event.FILE_SHARED: "A source said that a file of a case is one that another case of its theme has.",
    Event.SHARED_FILE_TAKEN: "The bytes of a shared file were taken into a case from the other case of its theme.",
    Event.SHARED_FILE_DIFFERS: "A file that was to be shared is not the one that the source meant.",
    Event.STEP_RECEIVED: "A source reported a step of handling.",
    Event.CLOSURE_RECEIVED: "A source reported how and when a case ended.",
    Event.MESSAGE_REFUSED: "A message of a source was refused, with the reason.",
    Event.CASE_INSPECTED: "The inspection of a case ended with nothing that stops archiving.",
    Event.CASE_HELD: "The inspection of a case found something to be mended.",
    Event.CASE_ARRANGED: "The files of a case were ordered and named and its codes allotted.",
    Event.CASE_PACKAGED: "The archival package of a case was built and signed.",
    Event.CASE_PRESERVED: "A version of the package stands in the preservation store.",
    Event.CASE_FLAGGED_LATE: "Something of a case arrived after it was closed.",
    Event.RECEIPT_ISSUED: "A signed receipt was made for a source.",
    Event.RECORD_VIEWED: "Somebody looked at a record or one of its files.",
    Event.RECORD_SEARCHED: "Somebody searched the holdings.",
    Event.RECORD_EXPORTED: "A record was given out as a package of some form.",
    Event.EXPORT_TAKEN: "Records that had been exported in the background were downloaded by who asked for them.",
    Event.COPY_ISSUED: "A restricted copy was made for a receiver and a purpose.",
    Event.COPY_REVOKED: "A restricted copy was made invalid before its time.",
    Event.COPY_VERIFIED: "A third party asked whether a copy stands.",
    Event.ACCOUNT_CREATED: "An account was made.",
    Event.ACCOUNT_CHANGED: "The roles or the state of an account were changed.",
    Event.ACCOUNT_SIGNED_IN: "A person signed in.",
    Event.ACCOUNT_SIGNED_OUT: "A person signed out.",
    Event.ACCOUNT_SIGN_IN_FAILED: "Somebody tried to sign in and failed.",
    Event.KEY_CREATED: "A signing key of the installation was made.",
    Event.CHECKPOINT_SIGNED: "The head of the journal was signed.",
    Event.STORE_RECONCILED: "Store and database were compared after a start and brought together.",
    Event.INDEX_REBUILT: "The search index was thrown away and built again.",
    Event.TRUST_ADDED: "A certificate was added to the trust list.",
    Event.TRUST_ENDED: "A certificate of the trust list is trusted no more for signatures from a moment on.",
    Event.HOLDINGS_VERIFIED: "Objects, rows and journal entries were verified.",
    Event.STORAGE_ROOT_ADDED: "A storage root was added to hold copies, or the primary one was entered.",
    Event.STORAGE_ROOT_CHANGED: "The audit periods, limits or write protection of a storage root were changed.",
    Event.STORAGE_ROOT_ENDED: "A storage root is used no more; what it holds stays where it is.",
    Event.OBJECT_COPIED: "A version of an object was copied into a storage root and verified there.",
    Event.FIXITY_CYCLE_STARTED: "An audit of a storage root began.",
    Event.FIXITY_CYCLE_ENDED: "An audit of a storage root ended, with what was looked at and found.",
    Event.COPY_DAMAGED: "An audit found files of a copy damaged, missing or unexpected.",
    Event.COPY_REPAIRED: "Damaged files of a copy were made again from a good copy.",
    Event.COPY_FINDING_SETTLED: "What an audit had found was settled by a person or found sound again.",
    Event.MIGRATION_PLANNED: "A format migration was planned.",
    Event.MIGRATION_TRIAL_ASKED: "A trial of a format migration was asked for.",
    Event.MIGRATION_TRIED: "A format migration was tried on a sample, with the result.",
    Event.MIGRATION_DECIDED: "A format migration was approved or rejected by another person than who planned it.",
    Event.MIGRATION_STARTED: "A format migration began.",
    Event.MIGRATION_ENDED: "A format migration ended, with its counts.",
    Event.FILES_CONVERTED: "Files of a case were converted, or could not be; the originals stay as they are.",
    Event.BACKUP_MADE: "A backup of database, journal and staged bytes was made.",
    Event.BACKUP_DRILLED: "A backup was restored into a place of its own and compared, with the result.",
    Event.INSTANCE_RESTORED: "This instance was restored from a backup.",
    Event.CASE_REBUILT: "Rows of a case were rebuilt from its package in the store.",
    Event.MEDIUM_ADDED: "An offline medium was entered in the register.",
    Event.MEDIUM_CHECKED: "A person looked at an offline medium, with the result.",
    Event.MEDIUM_ENDED: "An offline medium was put out of use, with the reason.",
    Event.SOURCE_CONNECTED: "A connection to a source was set up.",
    Event.SOURCE_CONNECTION_CHANGED: "A connection to a source was configured anew, stopped or started.",
    Event.SOURCE_FAILED: "Reading a source began to fail.",
    Event.SOURCE_RECOVERED: "A source that had failed is read again.",
    Event.SOURCE_PROBLEM_SETTLED: "A message of a source that had not been taken was taken after all or put aside.",
    Event.NOTICE_RECEIVED: "A source gave notice of files to be fetched.",
    Event.NOTICE_ENDED: "All that a notice names was fetched, or given up.",
    Event.COUNTER_SOURCE_REGISTERED: "The counter was entered as a built-in source.",
    Event.COUNTER_OPENED: "A clerk began to take in paper for a case at the counter.",
    Event.COUNTER_SCANNED: "Scans were taken in at the counter.",
    Event.COUNTER_READ: "Scans were split into pages and materials suggested.",
    Event.COUNTER_ARRANGED: "A clerk assigned, turned, moved, dropped or took back pages.",
    Event.COUNTER_FINISHED: "What was taken in at the counter was handed to capture.",
    Event.COUNTER_ABANDONED: "A session of the counter was given up; nothing was handed over.",
    Event.CONFIRMATION_ASKED: "Pages were laid before an applicant for confirmation.",
    Event.CONFIRMATION_CODE_REFUSED: "Somebody typed a wrong one-time code.",
    Event.CONFIRMATION_OPENED: "A screen was bound to a confirmation by its one-time code.",
    Event.CONFIRMATION_GIVEN: "An applicant confirmed one material.",
    Event.CONFIRMATION_SIGNED: "An applicant signed by hand for all materials.",
    Event.CONFIRMATION_VOID: "A confirmation was made void, with the reason.",
    Event.LEDGER_RECEIVED: "A source sent its ledger of a day, or a part of it.",
    Event.COVERAGE_CERTIFIED: "A coverage certificate was made for a source, day and agency.",
    Event.LEDGER_LINES_PRUNED: "The single lines of a settled day were let go; certificates and what was sent stay.",
    Event.SOURCE_RETRY_ASKED: "A person asked for messages that were not taken to be taken again.",
    Event.NOTICE_REOPENED: "A notice that had ended is fetched anew, on a person's word.",
    Event.CASE_EXPLAINED: "A person said why a case of a ledger is rightly not in the archive.",
    Event.FORMAT_POLICY_ADOPTED: "A version of the format policy was brought into force, with the reason.",
    Event.EXPLANATION_REVOKED: "An explanation was taken back.",
    Event.INSPECTION_PROFILE_SAVED: "A version of an inspection profile was saved.",
    Event.INSPECTION_STATED: "A person stated a check item, with the reason and evidence.",
    Event.INSPECTION_ASKED: "A person asked for a held case to be inspected again.",
    Event.PHASE_INSPECTED: "A package was inspected for its transfer or during preservation.",
}
