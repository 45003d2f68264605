using System;
using System.Threading.Tasks;
using Countermark;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Endpoints that take signed links.</summary>
    public static class SignedQueryEndpoints
    {
        private const string Kind = "signed query";

        /// <summary>Lets only requests by GET pass whose query is signed, and was not used before. What follows reads
        /// <see cref="HttpContextValues.SignedQuery"/>, never the query itself.</summary>
        /// <param name="app">A pipeline of its own, such as that of <c>Map</c> or of an endpoint.</param>
        /// <param name="name">The name in <see cref="CountermarkOptions.Queries"/>.</param>
        /// <returns>The pipeline.</returns>
        public static IApplicationBuilder UseSignedQuery(this IApplicationBuilder app, string name)
        {
            SignedQueryVerifier verifier = app.ApplicationServices.GetRequiredService<Verifiers>().Queries[name];
            ILogger logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Countermark.SignedQuery");
            var store = new LoggedStore(app.ApplicationServices.GetRequiredService<IReplayStore>(), logger, Kind);
            return app.Use(next => context => InvokeAsync(context, next, verifier, store, logger));
        }

        private static async Task InvokeAsync(HttpContext context, RequestDelegate next, SignedQueryVerifier verifier, IReplayStore store, ILogger logger)
        {
            // The link stands in the browser's history: nothing of it may be kept or handed on.
            context.Response.Headers["Cache-Control"] = "no-store";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            // A scanner of mail that asks for the head must not use up the link, nor a script that asks what it may.
            if (!HttpMethods.IsGet(context.Request.Method))
            {
                context.Response.Headers["Allow"] = HttpMethods.Get;
                await Refusals.AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, CountermarkException.Of(ErrorCode.SignatureMismatch).PublicMessage);
                return;
            }
            // Nobody has opened it yet; a browser that gets no page fetches it again for whoever does.
            if (context.Request.IsAhead())
            {
                await Refusals.AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, CountermarkException.Of(ErrorCode.SignatureMismatch).PublicMessage);
                return;
            }
            VerifiedQuery verified;
            try
            {
                verified = await VerifyAsync(context, verifier, store);
            }
            catch (CountermarkException refusal)
            {
                Log.Refusal(logger, Kind, refusal);
                await Refusals.AnswerAsync(context, refusal.HttpStatus, refusal.PublicMessage);
                return;
            }
            using (verified)
            {
                Log.Verified(logger, Kind, verified.KeyId, null);
                context.Items[typeof(VerifiedQuery)] = verified;
                await next(context);
            }
        }

        private static async Task<VerifiedQuery> VerifyAsync(HttpContext context, SignedQueryVerifier verifier, IReplayStore store)
        {
            VerifiedQuery verified = verifier.Verify(RawQuery.Of(context.Request));
            try
            {
                await Once.ReserveAsync(store, verified.ReplayKey, verified.ReplayUntilMs);
                return verified;
            }
            catch (Exception)
            {
                verified.Dispose();
                throw;
            }
        }
    }

    /// <summary>What was verified of a request.</summary>
    public static class HttpContextValues
    {
        /// <summary>The signed query.</summary>
        /// <param name="context">The context.</param>
        /// <returns>What it proved.</returns>
        public static VerifiedQuery SignedQuery(this HttpContext context) => Get<VerifiedQuery>(context);

        /// <summary>The webhook.</summary>
        /// <param name="context">The context.</param>
        /// <returns>What was verified.</returns>
        public static VerifiedWebhook Webhook(this HttpContext context) => Get<VerifiedWebhook>(context);

        private static T Get<T>(HttpContext context) => (T)(context.Items[typeof(T)]
            ?? throw new InvalidOperationException(typeof(T).Name + ": the endpoint does not verify it"));
    }
}
