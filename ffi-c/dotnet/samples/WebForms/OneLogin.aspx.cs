using System;
using System.Threading;
using System.Web.UI;
using Countermark;

namespace WebFormsSample
{
    /// <summary>Takes OneLogin's signed links: verifies the raw query, uses each link once, and logs in the account whose names are the signed ones.</summary>
    public class OneLoginPage : Page
    {
        protected override void OnLoad(EventArgs e)
        {
            base.OnLoad(e);
            SampleSite.Protect(Response);
            // A link scanner that asks for the head must not use up the link.
            if (Request.HttpMethod != "GET")
            {
                Response.StatusCode = 405;
                Response.AddHeader("Allow", "GET");
                return;
            }
            if (SampleSite.IsAhead(Request))
            {
                // Nobody has opened it yet.
                Response.StatusCode = 503;
                Response.TrySkipIisCustomErrors = true;
                return;
            }
            try
            {
                using (VerifiedQuery query = SampleSite.OneLogin.Verify(RawQuery()))
                {
                    long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                    if (!SampleSite.Wait(() => SampleSite.Store.ReserveAsync(query.ReplayKey, query.ReplayUntilMs, nowMs, CancellationToken.None)))
                    {
                        throw CountermarkException.Of(ErrorCode.Replayed);
                    }
                    Account account = SampleSite.FindAccount(query.ClaimedEmail);
                    // The borders between the fields are not signed: the names of the account prove the email.
                    string email = query.CheckProfile(account.FirstName, account.LastName);
                    SampleSite.SignIn(this, email);
                }
                // To an address without the link.
                SampleSite.SeeOther(this, "Intern.aspx");
            }
            catch (CountermarkException refusal)
            {
                Trace.Warn("onelogin", refusal.Name + " " + refusal.Detail);
                Response.StatusCode = refusal.HttpStatus;
                Response.SuppressFormsAuthenticationRedirect = true;
                Response.TrySkipIisCustomErrors = true;
                Response.ContentType = "text/plain";
                Response.Write(refusal.PublicMessage);
            }
        }

        /// <summary>As it arrived. <c>Request.QueryString</c> is decoded, and joins what came twice.</summary>
        private string RawQuery()
        {
            int mark = Request.RawUrl.IndexOf('?');
            return mark < 0 ? string.Empty : Request.RawUrl.Substring(mark + 1);
        }
    }
}
