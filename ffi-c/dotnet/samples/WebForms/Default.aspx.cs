using System;
using System.Web.Security;
using System.Web.UI;
using System.Web.UI.WebControls;
using Countermark;

namespace WebFormsSample
{
    /// <summary>
    /// The login page of the vendor's document: ask, show the access pass, check, cancel. The session of the login and its picture stay at the
    /// server, in the visitor's ASP.NET session: the page holds nothing that is trusted.
    /// </summary>
    public class DefaultPage : Page
    {
        protected Literal Message;
        protected Panel Ask;
        protected Panel Pass;
        protected TextBox SecSignId;
        protected Image AccessPass;
        protected Button Login;
        protected Button Cancel;
        protected Button Check;

        private AuthSession Current
        {
            get { return (AuthSession)Session["login"]; }
        }

        protected override void OnInit(EventArgs e)
        {
            base.OnInit(e);
            SampleSite.Protect(Response);
            SampleSite.AddToken(this);
            Login.Click += delegate { Guarded(Begin); };
            Check.Click += delegate { Guarded(AskState); };
            Cancel.Click += delegate { Guarded(Withdraw); };
        }

        protected override void OnPreRender(EventArgs e)
        {
            base.OnPreRender(e);
            Pass.Visible = Current != null;
            Ask.Visible = Current == null;
            AccessPass.ImageUrl = (string)Session["picture"];
        }

        private void Begin()
        {
            string id = SecSignIds.Normalize(SecSignId.Text);
            if (Current != null && Current.SecSignId == id)
            {
                // The form came twice: a second click, a reload. Another login would be refused as Busy.
                return;
            }
            if (Current != null)
            {
                Withdraw();
                Message.Text = string.Empty;
            }
            Challenge challenge = SampleSite.Client.BeginAsync(id).GetAwaiter().GetResult();
            Session.Remove("answer");
            Session["login"] = challenge.Session;
            Session["picture"] = challenge.AccessPassDataUri;
        }

        private void AskState()
        {
            Answer answer = Asked();
            if (answer == null)
            {
                if (Request.IsAuthenticated)
                {
                    // One more click, on the page that the visitor is about to leave.
                    ToMembers();
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
                    End();
                    // The ticket is signed by ASP.NET, and names the ID that the server states.
                    FormsAuthentication.SetAuthCookie(result.SecSignId, false);
                    ToMembers();
                    return;
                case LoginOutcome.Denied:
                    Message.Text = "You have denied the login.";
                    break;
                case LoginOutcome.Expired:
                    Message.Text = "The login has expired.";
                    break;
                case LoginOutcome.Suspended:
                    Message.Text = "The server has suspended the login, because there was another one for the same ID.";
                    break;
                case LoginOutcome.Canceled:
                    Message.Text = "The login was canceled.";
                    break;
                default:
                    Message.Text = "The login is no longer valid.";
                    break;
            }
            End();
        }

        /// <summary>ASP.NET locks the visitor's session, so one question is asked at a time.</summary>
        private Answer Asked()
        {
            var known = (Answer)Session["answer"];
            if (known != null && !known.IsOld)
            {
                return known;
            }
            AuthSession login = Current;
            if (login == null)
            {
                return null;
            }
            var answer = new Answer(() => SampleSite.Client.CheckAsync(login).GetAwaiter().GetResult());
            Session["answer"] = answer;
            return answer;
        }

        private void ToMembers()
        {
            Response.Redirect("Intern.aspx", false);
            Context.ApplicationInstance.CompleteRequest();
        }

        /// <summary>The visitor wants to leave: the login ends here whatever the ID server says, and expires there.</summary>
        private void Withdraw()
        {
            AuthSession login = Current;
            if (login == null)
            {
                return;
            }
            End();
            Session.Remove("answer");
            Message.Text = "The login was canceled.";
            try
            {
                SampleSite.Client.CancelAsync(login).GetAwaiter().GetResult();
            }
            catch (CountermarkException failure)
            {
                Trace.Warn("login", failure.Name + " " + failure.Detail);
            }
        }

        private void End()
        {
            Session.Remove("login");
            Session.Remove("picture");
        }

        /// <summary>Visitors see the public message; the reason goes to the log.</summary>
        private void Guarded(Action action)
        {
            if (!SampleSite.HasToken(this))
            {
                Message.Text = "That form is too old.";
                return;
            }
            try
            {
                action();
            }
            catch (CountermarkException failure)
            {
                Trace.Warn("login", failure.Name + " " + failure.Detail);
                Message.Text = failure.PublicMessage;
                // No later question can bring another answer.
                if (failure.Code == ErrorCode.SessionGone || failure.Code == ErrorCode.IdentityMismatch || failure.Code == ErrorCode.AlreadyConsumed)
                {
                    End();
                }
            }
        }
    }
}
