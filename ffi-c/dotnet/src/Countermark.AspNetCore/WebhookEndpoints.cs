using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Countermark;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Endpoints that take webhooks.</summary>
    public static class WebhookEndpoints
    {
        /// <summary>An endpoint whose handler gets only webhooks that are authentic and new. The sender is answered as its scheme expects.</summary>
        /// <param name="endpoints">The endpoints.</param>
        /// <param name="pattern">The route.</param>
        /// <param name="name">The name in <see cref="CountermarkOptions.Webhooks"/>.</param>
        /// <param name="handler">Reads <see cref="HttpContextValues.Webhook"/>. If it throws, the replay key is free again and the sender may try
        /// once more.</param>
        /// <returns>The endpoint.</returns>
        public static IEndpointConventionBuilder MapWebhook(this IEndpointRouteBuilder endpoints, string pattern, string name, RequestDelegate handler)
        {
            IServiceProvider services = endpoints.ServiceProvider;
            var verifiers = services.GetRequiredService<Verifiers>();
            var endpoint = new WebhookEndpoint(
                verifiers.Webhooks[name].Scheme,
                verifiers.Webhooks[name].Verifier,
                verifiers.MaxWebhookBytes,
                services.GetRequiredService<IReplayStore>(),
                services.GetRequiredService<ILoggerFactory>().CreateLogger("Countermark.Webhook"),
                handler);
            return endpoints.MapPost(pattern, endpoint.InvokeAsync);
        }
    }

    internal sealed class WebhookEndpoint
    {
        private readonly string scheme;
        private readonly WebhookVerifier verifier;
        private readonly int maxBytes;
        private readonly IReplayStore store;
        private readonly ILogger logger;
        private readonly RequestDelegate handler;

        internal WebhookEndpoint(string scheme, WebhookVerifier verifier, int maxBytes, IReplayStore store, ILogger logger, RequestDelegate handler)
        {
            this.scheme = scheme;
            this.verifier = verifier;
            this.maxBytes = maxBytes;
            this.store = store;
            this.logger = logger;
            this.handler = handler;
        }

        internal async Task InvokeAsync(HttpContext context)
        {
            byte[]? body = await ReadAsync(context);
            if (body == null)
            {
                CountermarkException tooLarge = CountermarkException.Of(ErrorCode.TooLarge);
                Log.Refusal(logger, scheme, tooLarge);
                await Refusals.AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, tooLarge.PublicMessage);
                return;
            }
            try
            {
                using VerifiedWebhook verified = verifier.Verify(Request(context.Request), body);
                await HandleAsync(context, verified);
            }
            catch (CountermarkException refusal)
            {
                Log.Refusal(logger, scheme, refusal);
                await Refusals.AnswerAsync(context, WebhookHandshake.ErrorStatus(scheme, refusal.Code), refusal.PublicMessage);
            }
        }

        private async Task HandleAsync(HttpContext context, VerifiedWebhook verified)
        {
            string? key = verified.ReplayKey;
            if (key != null && verified.ReplayUntilMs is long untilMs)
            {
                await Once.ReserveAsync(store, key, untilMs, context.RequestAborted);
            }
            Log.Verified(logger, scheme, verified.KeyId, null);
            context.Items[typeof(VerifiedWebhook)] = verified;
            try
            {
                await handler(context);
            }
            catch (Exception)
            {
                if (key != null)
                {
                    await store.ReleaseAsync(key, default);
                }
                throw;
            }
            if (!context.Response.HasStarted && context.Response.StatusCode == StatusCodes.Status200OK)
            {
                WebhookAnswer answer = WebhookHandshake.Success(scheme);
                context.Response.StatusCode = answer.Status;
                context.Response.Headers["X-Content-Type-Options"] = "nosniff";
                if (answer.ContentType.Length > 0)
                {
                    context.Response.ContentType = answer.ContentType;
                }
                byte[] text = answer.Body();
                await context.Response.Body.WriteAsync(text, 0, text.Length);
            }
        }

        /// <summary>The raw bytes; null if there are more than the limit.</summary>
        private async Task<byte[]?> ReadAsync(HttpContext context)
        {
            if (context.Request.ContentLength > maxBytes)
            {
                return null;
            }
            using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
            var chunk = new byte[16 * 1024];
            int count;
            while ((count = await context.Request.Body.ReadAsync(chunk, 0, chunk.Length, context.RequestAborted)) > 0)
            {
                if (body.Length + count > maxBytes)
                {
                    return null;
                }
                body.Write(chunk, 0, count);
            }
            return body.ToArray();
        }

        private static WebhookRequest Request(HttpRequest request)
        {
            var received = new WebhookRequest
            {
                Method = request.Method,
                Url = request.GetEncodedUrl(),
                Query = request.QueryString.Value?.TrimStart('?'),
            };
            foreach (KeyValuePair<string, StringValues> header in request.Headers)
            {
                foreach (string value in header.Value)
                {
                    received.AddHeader(header.Key, value);
                }
            }
            return received;
        }
    }
}
