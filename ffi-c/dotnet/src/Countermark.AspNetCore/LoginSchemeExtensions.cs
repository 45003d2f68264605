using System;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers the login.</summary>
    public static class LoginSchemeExtensions
    {
        /// <summary>Adds a login with SecSign ID. It takes the replay store of <see cref="CountermarkServices.AddCountermark"/>, or
        /// without that one in the memory of this process.</summary>
        /// <param name="builder">The builder.</param>
        /// <param name="scheme">The name of the scheme.</param>
        /// <param name="configure">Sets the options.</param>
        /// <returns>The builder.</returns>
        public static AuthenticationBuilder AddCountermark(this AuthenticationBuilder builder, string scheme, Action<LoginSchemeOptions> configure)
        {
            builder.Services.TryAddSingleton<Countermark.IReplayStore>(_ => new Countermark.MemoryReplayStore());
            builder.Services.TryAddSingleton(services => new LoginSites(services));
            builder.Services.AddSingleton(new LoginScheme(scheme));
            builder.Services.AddHostedService<LoginStartup>();
            return builder.AddScheme<LoginSchemeOptions, LoginHandler>(scheme, configure);
        }
    }
}
