using System;
using System.Web.UI;
using System.Web.UI.WebControls;

namespace WebFormsSample
{
    /// <summary>For visitors with a ticket: web.config sends others to the login. Nothing is read from the address.</summary>
    public class InternPage : Page
    {
        protected Literal Who;

        protected override void OnLoad(EventArgs e)
        {
            base.OnLoad(e);
            SampleSite.Protect(Response);
            Who.Text = Context.User.Identity.Name;
        }
    }
}
