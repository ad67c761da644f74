package bonafide

// The codes. Their sentences, mends and HTTP statuses are in the table below.
const (
	// What was sent is malformed.
	BadRequest     Code = "bad-request"
	BadJSON        Code = "bad-json"
	DoubledField   Code = "doubled-field"
	UnknownField   Code = "unknown-field"
	BadValue       Code = "bad-value"
	TooLarge       Code = "too-large"
	BadContentType Code = "bad-content-type"

	// A request can't be served.
	NotFound         Code = "not-found"
	MethodNotAllowed Code = "method-not-allowed"
	NotAcceptable    Code = "not-acceptable"
	SignInRequired   Code = "sign-in-required"
	Forbidden        Code = "forbidden"
	CrossOrigin      Code = "cross-origin"
	RateLimited      Code = "rate-limited"
	Unavailable      Code = "unavailable"
	Internal         Code = "internal"

	// A signed object doesn't hold.
	BadToken        Code = "bad-token"
	BadHeader       Code = "bad-header"
	WrongType       Code = "wrong-type"
	BadKeySet       Code = "bad-key-set"
	UnknownKey      Code = "unknown-key"
	KeyCompromised  Code = "key-compromised"
	IdentityChanged Code = "identity-changed"
	BadSignature    Code = "bad-signature"
	WrongIssuer     Code = "wrong-issuer"
	WrongAudience   Code = "wrong-audience"
	WrongNonce      Code = "wrong-nonce"
	Expired         Code = "expired"
	NotYetValid     Code = "not-yet-valid"
	BadCredential   Code = "bad-credential"
	BadMetadata     Code = "bad-metadata"
	NoCommonVersion Code = "no-common-version"
	Replayed        Code = "replayed"

	// A peer can't be asked.
	BadOrigin      Code = "bad-origin"
	AddressRefused Code = "address-refused"
	Unreachable    Code = "unreachable"
	BadRedirect    Code = "bad-redirect"
	BadAnswer      Code = "bad-answer"
	FetchBudget    Code = "fetch-budget"

	// A status list doesn't tell, or tells that the statement is over.
	BadStatusList   Code = "bad-status-list"
	StatusListShort Code = "status-list-too-short"
	StatusListOther Code = "status-list-foreign"
	IndexOutOfRange Code = "index-out-of-range"
	StatusUnknown   Code = "status-unknown"
	Revoked         Code = "revoked"

	// A public log isn't what it was, or isn't one.
	BadLog        Code = "bad-log"
	LogRolledBack Code = "log-rolled-back"
	LogForked     Code = "log-forked"
	NotInLog      Code = "not-in-log"

	// A mechanism or a conversion table is refused.
	BadMechanism    Code = "bad-mechanism"
	BadTable        Code = "bad-table"
	VersionConflict Code = "version-conflict"

	// An input of a conversion is passed over. These also are the reason codes of an explanation.
	NotRecognised    Code = "not-recognised"
	MechanismChanged Code = "mechanism-changed"
	TableExpired     Code = "table-expired"
	Stale            Code = "stale"
	SampleTooSmall   Code = "sample-too-small"
	AccountTooYoung  Code = "account-too-young"
	NoEarnedLevel    Code = "no-earned-level"
	NoMeasure        Code = "no-measure"
	NoRate           Code = "no-rate"
	OwnSource        Code = "own-source"
	SameSource       Code = "same-source"
	NotCurrent       Code = "not-current"
	Paused           Code = "paused"

	// An import is refused.
	ConsentRequired  Code = "consent-required"
	ConsentDeclined  Code = "consent-declined"
	ConsentWithdrawn Code = "consent-withdrawn"
	WrongAccount     Code = "wrong-account"
	AlreadyImported  Code = "already-imported"
	WrongState       Code = "wrong-state"
	IssuerRefused    Code = "issuer-refused"

	// An OAuth request is refused (RFC 6749 and RFC 9126 codes are sent beside).
	BadClient   Code = "bad-client"
	NotAdmitted Code = "not-admitted"
	BadGrant    Code = "bad-grant"

	// An event or an administrator's request is refused.
	EventConflict Code = "event-conflict"
	UnknownKind   Code = "unknown-kind"
	FutureEvent   Code = "future-event"
	NoSuchMember  Code = "no-such-member"
	HostSilent    Code = "host-silent"

	// A vouch, its withdrawal or a fault is refused.
	SelfVouch       Code = "self-vouch"
	NotAccepted     Code = "not-accepted"
	StakeTooSmall   Code = "stake-too-small"
	MemberSuspended Code = "member-suspended"
	VouchTwice      Code = "vouch-twice"
	VoucheeFull     Code = "vouchee-full"
	VoucherFull     Code = "voucher-full"
	BeyondCapacity  Code = "beyond-capacity"
	VouchBrake      Code = "vouch-brake"
	UnknownVouch    Code = "unknown-vouch"
	VouchOver       Code = "vouch-over"
	UnknownClass    Code = "unknown-class"
	FaultDisordered Code = "fault-disordered"
	FaultLate       Code = "fault-late"
	FaultTwice      Code = "fault-twice"
	UnknownFault    Code = "unknown-fault"

	// What people or sites do about vouches, faults and referrals is refused.
	NoVouching      Code = "no-vouching"
	OfferOver       Code = "offer-over"
	AppealLate      Code = "appeal-late"
	NotArbiter      Code = "not-arbiter"
	CaseOver        Code = "case-over"
	ReferralRefused Code = "referral-refused"
	ReferralUsed    Code = "referral-used"
	ReferralOwn     Code = "referral-own"
	ReferralTwice   Code = "referral-twice"
	ReferralOver    Code = "referral-over"
	UnknownReferral Code = "unknown-referral"
	OutcomeRefused  Code = "outcome-refused"

	// The store can't be used.
	StoreLocked Code = "store-locked"
	StoreNewer  Code = "store-newer"
)

// Meaning is what a code says to everyone: the same sentence in the spec, on a page and in a terminal.
type Meaning struct {
	Status   int  // the HTTP status it is sent with
	Sentence Text // what happened
	Mend     Text // what to do about it
}

// Meaning returns the meaning of the code. A code outside the list means [Internal].
func (c Code) Meaning() Meaning {
	for _, m := range meanings {
		if m.code == c {
			return m.Meaning
		}
	}
	return Internal.Meaning()
}

// Codes returns the whole list, in the order of the spec.
func Codes() []Code {
	codes := make([]Code, len(meanings))
	for i, m := range meanings {
		codes[i] = m.code
	}
	return codes
}
