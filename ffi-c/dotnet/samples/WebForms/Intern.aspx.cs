using System;
using System.Web.Security;
using System.Web.UI;
using System.Web.UI.WebControls;

namespace WebFormsSample
{
    /// <summary>For visitors with a ticket: web.config sends others to the login. Nothing is read from the address.</summary>
    public class InternPage : Page
    {
        protected Literal Who;
        protected Button LogOut;

        protected override void OnInit(EventArgs e)
        {
            base.OnInit(e);
            SampleSite.AddToken(this);
            LogOut.Click += delegate { Leave(); };
        }

        protected override void OnLoad(EventArgs e)
        {
            base.OnLoad(e);
            SampleSite.Protect(Response);
            Who.Text = Context.User.Identity.Name;
        }

        private void Leave()
        {
            if (!SampleSite.HasToken(this))
            {
                return;
            }
            FormsAuthentication.SignOut();
            Session.Abandon();
            SampleSite.DropSession(this);
            new LoginCookie(Request, Response).Forget();
            SampleSite.SeeOther(this, "Default.aspx");
        }
    }
}
