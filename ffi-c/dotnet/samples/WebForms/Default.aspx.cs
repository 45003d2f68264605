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
            // The view state belongs to this visitor's session.
            ViewStateUserKey = Session.SessionID;
            Session["visited"] = true;
            Response.Cache.SetCacheability(System.Web.HttpCacheability.NoCache);
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
            Challenge challenge = SampleSite.Client.BeginAsync(SecSignId.Text).GetAwaiter().GetResult();
            Session["login"] = challenge.Session;
            Session["picture"] = challenge.AccessPassDataUri;
        }

        private void AskState()
        {
            if (Current == null)
            {
                return;
            }
            LoginResult result = SampleSite.Client.CheckAsync(Current).GetAwaiter().GetResult();
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
                    Response.Redirect("Intern.aspx", false);
                    Context.ApplicationInstance.CompleteRequest();
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

        private void Withdraw()
        {
            if (Current != null)
            {
                SampleSite.Client.CancelAsync(Current).GetAwaiter().GetResult();
                Message.Text = "The login was canceled.";
                End();
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
            try
            {
                action();
            }
            catch (CountermarkException failure)
            {
                Trace.Warn("login", failure.Name + " " + failure.Detail);
                Message.Text = failure.PublicMessage;
                if (Current != null && failure.Code != ErrorCode.Network && failure.Code != ErrorCode.Timeout)
                {
                    End();
                }
            }
        }
    }
}
