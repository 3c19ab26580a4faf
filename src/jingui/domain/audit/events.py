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
    ITEM_ADOPTED = "item.adopted"
    PLAN_ADOPTED = "plan.adopted"
    CASE_EXPECTED = "case.expected"
    CASE_RECEIVED = "case.received"
    FILE_RECEIVED = "file.received"
    FILE_REPLACED = "file.replaced"
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


DESCRIPTIONS: dict[Event, str] = {
    Event.INSTALLATION_INITIALISED: "An instance was set up and its first keys were made.",
    Event.AGENCY_REGISTERED: "An agency and its fonds were entered.",
    Event.AGENCY_CHANGED: "The entry of an agency or its fonds was changed.",
    Event.SOURCE_REGISTERED: "A business system was registered as a source of cases.",
    Event.SOURCE_KEY_ISSUED: "A source was given a key to sign its requests with.",
    Event.SOURCE_KEY_REVOKED: "A key of a source was made invalid.",
    Event.CATALOGUE_IMPORTED: "Service items were imported from a file.",
    Event.ITEM_ADOPTED: "A version of a service item came into force.",
    Event.PLAN_ADOPTED: "A version of an archiving plan came into force.",
    Event.CASE_EXPECTED: "Something of a case arrived before the case itself.",
    Event.CASE_RECEIVED: "A source announced a case.",
    Event.FILE_RECEIVED: "A file of a case was received whole and digested.",
    Event.FILE_REPLACED: "A source sent a newer file in place of an earlier one, which is kept.",
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
    Event.HOLDINGS_VERIFIED: "Objects, rows and journal entries were verified.",
}
