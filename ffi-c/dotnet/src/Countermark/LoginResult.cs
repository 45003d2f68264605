using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>How a login stands.</summary>
    public enum LoginOutcome
    {
        /// <summary>Waiting for the user.</summary>
        Pending = COUNTERMARK_OUTCOME_PENDING,

        /// <summary>The phone has loaded the session; waiting for the user.</summary>
        Fetched = COUNTERMARK_OUTCOME_FETCHED,

        /// <summary>Approved by the user whom the server states.</summary>
        Approved = COUNTERMARK_OUTCOME_APPROVED,

        /// <summary>Refused by the user.</summary>
        Denied = COUNTERMARK_OUTCOME_DENIED,

        /// <summary>Not answered in time.</summary>
        Expired = COUNTERMARK_OUTCOME_EXPIRED,

        /// <summary>Ended by another login for the same ID.</summary>
        Suspended = COUNTERMARK_OUTCOME_SUSPENDED,

        /// <summary>Withdrawn by the service.</summary>
        Canceled = COUNTERMARK_OUTCOME_CANCELED,

        /// <summary>Not valid, or of no state.</summary>
        Invalid = COUNTERMARK_OUTCOME_INVALID,

        /// <summary>Released; says nothing about the server's answer.</summary>
        Released = COUNTERMARK_OUTCOME_RELEASED,
    }

    /// <summary>How a login stands, and who approved it.</summary>
    public sealed class LoginResult
    {
        internal LoginResult(countermark_login_outcome native)
        {
            Outcome = (LoginOutcome)native.kind;
            SecSignId = Utf8.TextOrNull(native.secsign_id);
        }

        /// <summary>How it stands. Only <see cref="LoginOutcome.Approved"/> is a login.</summary>
        public LoginOutcome Outcome { get; }

        /// <summary>Who approved, by the server's statement; null unless approved. Log in this one, never the one that was typed.</summary>
        public string? SecSignId { get; }

        /// <summary>True while the user may still decide.</summary>
        public bool IsOpen => Outcome == LoginOutcome.Pending || Outcome == LoginOutcome.Fetched;
    }
}
