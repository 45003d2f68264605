using System;
using System.Web.UI;
using System.Web.UI.WebControls;
using Countermark;

namespace WebFormsSample
{
    /// <summary>
    /// The login page of the vendor's document: ask, show the access pass, check, cancel. The session of the login and its picture stay at the
    /// server, under the cookie that the visitor got with the form: the page holds nothing that is trusted.
    /// </summary>
    public class DefaultPage : Page
    {
        private const string Members = "Intern.aspx";
        protected Literal Message;
        protected Panel Ask;
        protected Panel Pass;
        protected TextBox SecSignId;
        protected Image AccessPass;
        protected Button Login;
        protected Button Cancel;
        protected Button Check;
        protected HyperLink Again;

        private LoginCookie cookie;
        private OpenLogin open;
        private bool isOwnForm;
        private bool isOldForm;

        protected override void OnInit(EventArgs e)
        {
            base.OnInit(e);
            SampleSite.Protect(Response);
            if (SampleSite.IsAhead(Request))
            {
                // Fetched before anybody has asked for it: a new visit would end the login that is open.
                Response.StatusCode = 503;
                Response.TrySkipIisCustomErrors = true;
                Visible = false;
                return;
            }
            cookie = new LoginCookie(Request, Response);
            bool isForm = Request.HttpMethod == "POST";
            isOwnForm = isForm && cookie.Sent(Request.Form[SampleSite.FormField]);
            isOldForm = isForm && !isOwnForm;
            // One of another visit, such as that of a tab from before, begins none: that would end the login that is open.
            open = isOwnForm ? cookie.FindOrAdd() : isOldForm ? new OpenLogin() : NewVisit();
            Login.Click += delegate { Guarded(Begin); };
            Check.Click += delegate { Guarded(AskState); };
            Cancel.Click += delegate { Guarded(Withdraw); };
        }

        protected override void OnPreRender(EventArgs e)
        {
            base.OnPreRender(e);
            if (isOldForm)
            {
                Message.Text = "That form is too old.";
                Ask.Visible = false;
                Again.Visible = true;
                return;
            }
            Pass.Visible = open.Session != null;
            Ask.Visible = !Pass.Visible;
            AccessPass.ImageUrl = open.Picture;
            if (Ask.Visible)
            {
                cookie.Renew();
            }
            ClientScript.RegisterHiddenField(SampleSite.FormField, cookie.FormToken);
        }

        /// <summary>Nobody can go on with what was begun under the old cookie, and nobody sees it.</summary>
        private OpenLogin NewVisit()
        {
            open = cookie.Remove();
            if (open != null)
            {
                lock (open)
                {
                    Withdraw();
                }
                Message.Text = string.Empty;
            }
            return new OpenLogin();
        }

        private void Begin()
        {
            string id = SecSignIds.Normalize(SecSignId.Text);
            if (open.Session != null && open.Session.SecSignId == id)
            {
                // The form came twice: a second click, a reload. Another login would be refused as Busy.
                return;
            }
            if (open.Session != null)
            {
                Withdraw();
                Message.Text = string.Empty;
            }
            Challenge challenge = SampleSite.Wait(() => SampleSite.Client.BeginAsync(id));
            open.Answer = null;
            open.Session = challenge.Session;
            open.Picture = challenge.AccessPassDataUri;
        }

        private void AskState()
        {
            Answer answer = Asked();
            if (answer == null)
            {
                if (Request.IsAuthenticated)
                {
                    // One more click, on the page that the visitor is about to leave.
                    SampleSite.SeeOther(this, Members);
                }
                return;
            }
            LoginResult result = answer.Get();
            switch (result.Outcome)
            {
                case LoginOutcome.Pending:
                case LoginOutcome.Fetched:
                    Message.Text = "The login is still pending: it has neither been accepted nor denied.";
                    return;
                case LoginOutcome.Approved:
                    open.End();
                    // The ID that the server states.
                    SampleSite.SignIn(this, result.SecSignId);
                    SampleSite.SeeOther(this, Members);
                    return;
                case LoginOutcome.Denied:
                    Message.Text = "You have denied the login.";
                    break;
                case LoginOutcome.Expired:
                    Message.Text = "The login has expired.";
                    break;
                case LoginOutcome.Suspended:
                    Message.Text = "The login was suspended, because another one for the same ID came in between. If the ID is frozen, activate it again in the app.";
                    break;
                case LoginOutcome.Canceled:
                    Message.Text = "The login was canceled.";
                    break;
                default:
                    Message.Text = "The login is no longer valid.";
                    break;
            }
            open.End();
        }

        /// <summary>What the ID server says, or said of the end; null if there is no login.</summary>
        private Answer Asked()
        {
            if (open.Answer != null && open.Answer.Holds)
            {
                return open.Answer;
            }
            AuthSession session = open.Session;
            if (session == null)
            {
                return null;
            }
            if (open.Answer != null)
            {
                open.Answer.Wait();
            }
            open.Answer = new Answer(() => SampleSite.Wait(() => SampleSite.Client.CheckAsync(session)));
            return open.Answer;
        }

        /// <summary>The visitor wants to leave: the login ends here whatever the ID server says, and expires there.</summary>
        private void Withdraw()
        {
            AuthSession session = open.Session;
            if (session == null)
            {
                return;
            }
            open.End();
            open.Answer = null;
            Message.Text = "The login was canceled.";
            try
            {
                SampleSite.Wait(() => SampleSite.Client.CancelAsync(session));
            }
            catch (CountermarkException failure)
            {
                Trace.Warn("login", failure.Name + " " + failure.Detail);
            }
        }

        /// <summary>Visitors see the public message; the reason goes to the log.</summary>
        private void Guarded(Action action)
        {
            if (!isOwnForm)
            {
                return;
            }
            try
            {
                // One question is asked at a time.
                lock (open)
                {
                    action();
                }
            }
            catch (CountermarkException failure)
            {
                Trace.Warn("login", failure.Name + " " + failure.Detail);
                Message.Text = failure.PublicMessage;
                // No later question can bring another answer.
                if (failure.Code == ErrorCode.SessionGone || failure.Code == ErrorCode.IdentityMismatch || failure.Code == ErrorCode.AlreadyConsumed)
                {
                    open.End();
                }
            }
        }
    }
}
