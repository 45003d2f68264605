using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Security.Claims;
using Countermark;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Countermark.AspNetCore
{
    /// <summary>The settings of a login with SecSign ID.</summary>
    public sealed class LoginSchemeOptions : AuthenticationSchemeOptions
    {
        /// <summary>The login service.</summary>
        public LoginOptions Login { get; set; } = new LoginOptions();

        /// <summary>The site's own origin, such as <c>https://example.com</c>: visitors return only to pages of it, and a form that an old
        /// browser sends counts only from it. Required.</summary>
        public string? SiteOrigin { get; set; }

        /// <summary>Where the login page is. Below it are <c>begin</c>, <c>state</c> and <c>cancel</c>. Not the root, and of no
        /// other login.</summary>
        public PathString Path { get; set; } = "/login";

        /// <summary>Where a visitor goes who asked for no page: a path, below the path base if the site has one, or an address of the site.</summary>
        public string DefaultReturnUrl { get; set; } = "/";

        /// <summary>The scheme that keeps the visitor logged in, such as that of cookies. Required.</summary>
        public string? SignInScheme { get; set; }

        /// <summary>Seal sessions for visitors; without any, a random key of this process. Several servers share theirs.</summary>
        public IList<SealKey> SealKeys { get; } = new List<SealKey>();

        /// <summary>Sends the requests; without one, a handler as of
        /// <see cref="LoginClient.CreateHandler"/>, with <see cref="LoginService.ConnectTimeout"/>.</summary>
        public HttpMessageHandler? Backchannel { get; set; }

        /// <summary>The account of the SecSign ID that the server states; null: this ID has none here.</summary>
        public Func<string, ClaimsPrincipal?>? FindAccount { get; set; }

        /// <inheritdoc/>
        public override void Validate()
        {
            base.Validate();
            if (string.IsNullOrEmpty(SignInScheme))
            {
                throw new ArgumentException(nameof(SignInScheme));
            }
            // Else it would take the whole site, or nothing.
            if (string.IsNullOrEmpty(Path.Value) || Path.Value.EndsWith('/'))
            {
                throw new ArgumentException(nameof(Path));
            }
            // The library says what is wrong with the rest.
            new LoginService(Login).Dispose();
            ReturnUrl.Safe(SiteOrigin ?? string.Empty, DefaultReturnUrl, DefaultReturnUrl);
        }

        /// <inheritdoc/>
        public override void Validate(string scheme)
        {
            base.Validate(scheme);
            // It would ask itself who is logged in, without an end.
            if (SignInScheme == scheme)
            {
                throw new ArgumentException(nameof(SignInScheme));
            }
        }
    }
}
