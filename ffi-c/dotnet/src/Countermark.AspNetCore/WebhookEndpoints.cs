using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Countermark;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Endpoints that take webhooks.</summary>
    public static class WebhookEndpoints
    {
        /// <summary>An endpoint whose handler gets only webhooks that are authentic and new. The sender is answered as its scheme expects, also
        /// when it asks for a handshake.</summary>
        /// <param name="endpoints">The endpoints.</param>
        /// <param name="pattern">The route.</param>
        /// <param name="name">The name in <see cref="CountermarkOptions.Webhooks"/>.</param>
        /// <param name="handler">Reads <see cref="HttpContextValues.Webhook"/>. If it throws, or answers with 4xx or 5xx, the replay key is free
        /// again and the sender may try once more. Otherwise the work is done: a copy is answered as one that was taken, and not handled.</param>
        /// <param name="keep">How long a message is remembered, if its time does not ask for more. Needed for schemes whose time is not checked, such as
        /// <c>github</c>: a copy would be accepted for ever. Worth giving where messages have an id and come again with a new time (Standard Webhooks,
        /// Svix).</param>
        /// <param name="handshakeSecret">For the schemes whose handshake needs one, see <see cref="WebhookHandshake.Answer"/>.</param>
        /// <param name="origin">The site's own origin as senders call it, such as <c>https://hooks.example</c>, for the schemes that sign the URL. What a
        /// request says of its host is the sender's word.</param>
        /// <returns>The endpoint.</returns>
        /// <exception cref="CountermarkException">InvalidConfig without a needed <paramref name="keep"/> or <paramref name="origin"/>, or with one that
        /// cannot be.</exception>
        public static IEndpointConventionBuilder MapWebhook(
            this IEndpointRouteBuilder endpoints,
            string pattern,
            string name,
            RequestDelegate handler,
            TimeSpan? keep = null,
            string? handshakeSecret = null,
            string? origin = null)
        {
            IServiceProvider services = endpoints.ServiceProvider;
            var verifiers = services.GetRequiredService<Verifiers>();
            WebhookSite site = verifiers.Webhooks[name];
            if (keep != null || site.Verifier.NeedsKeep)
            {
                // Throws now what the first webhook would.
                WebhookEndpoint.KeepUntilMs(null, keep);
            }
            ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Countermark.Webhook");
            var endpoint = new WebhookEndpoint(
                site,
                new LoggedStore(services.GetRequiredService<IReplayStore>(), logger, site.Scheme),
                logger,
                handler ?? throw new ArgumentNullException(nameof(handler)),
                keep,
                handshakeSecret,
                site.Verifier.SiteOrigin(origin));
            return site.Handshake == HandshakeOrder.None
                ? endpoints.MapPost(pattern, endpoint.InvokeAsync)
                : endpoints.MapMethods(pattern, new[] { HttpMethods.Post, HttpMethods.Get, HttpMethods.Head }, endpoint.InvokeAsync);
        }
    }

    internal sealed class WebhookEndpoint
    {
        private const int ChunkBytes = 16 * 1024;
        private readonly WebhookSite site;
        private readonly IReplayStore store;
        private readonly ILogger logger;
        private readonly RequestDelegate handler;
        private readonly TimeSpan? keep;
        private readonly string? handshakeSecret;
        /// <summary>Empty where there is none.</summary>
        private readonly string origin;

        internal WebhookEndpoint(
            WebhookSite site,
            IReplayStore store,
            ILogger logger,
            RequestDelegate handler,
            TimeSpan? keep,
            string? handshakeSecret,
            string origin)
        {
            this.site = site;
            this.store = store;
            this.logger = logger;
            this.handler = handler;
            this.keep = keep;
            this.handshakeSecret = handshakeSecret;
            this.origin = origin;
        }

        internal async Task InvokeAsync(HttpContext context)
        {
            VerifiedWebhook? verified;
            try
            {
                verified = await AcceptAsync(context, await ReadAsync(context));
            }
            catch (CountermarkException refusal) when (refusal.Code != ErrorCode.BodyAlreadyRead)
            {
                Log.Refusal(logger, site.Scheme, refusal);
                await Refusals.AnswerAsync(context, WebhookHandshake.ErrorStatus(site.Scheme, refusal.Code), refusal.PublicMessage);
                return;
            }
            if (verified != null)
            {
                using (verified)
                {
                    // What the handler throws is no refusal of the webhook.
                    await HandleAsync(context, verified);
                }
            }
        }

        /// <summary>The webhook, whose replay key is taken; null for what is answered already: a handshake, or a copy of what is done.</summary>
        private async Task<VerifiedWebhook?> AcceptAsync(HttpContext context, byte[] body)
        {
            WebhookRequest request = Request(context.Request);
            if (site.Handshake == HandshakeOrder.BeforeVerify && await HandshakeAsync(context, request, body))
            {
                return null;
            }
            VerifiedWebhook verified = site.Verifier.Verify(request, body);
            try
            {
                if ((site.Handshake == HandshakeOrder.AfterVerify && await HandshakeAsync(context, request, body))
                    || !await ReserveAsync(context, verified))
                {
                    verified.Dispose();
                    return null;
                }
                Log.Verified(logger, site.Scheme, verified.KeyId, null);
                return verified;
            }
            catch
            {
                verified.Dispose();
                throw;
            }
        }

        /// <summary>False if the request is no handshake.</summary>
        private async Task<bool> HandshakeAsync(HttpContext context, WebhookRequest request, byte[] body)
        {
            WebhookAnswer? answer = WebhookHandshake.Answer(site.Scheme, handshakeSecret, request, body);
            if (answer != null)
            {
                await AnswerAsync(context, answer);
            }
            return answer != null;
        }

        /// <summary>
        /// False for a copy of what is done. It is answered as the first was: its sender would try on, and in the end give up the endpoint. While the
        /// first may fail yet, the sender must try again.
        /// </summary>
        private async Task<bool> ReserveAsync(HttpContext context, VerifiedWebhook verified)
        {
            if (verified.ReplayKey == null)
            {
                return true;
            }
            try
            {
                await Once.ReserveAsync(store, verified.ReplayKey, KeepUntilMs(verified.ReplayUntilMs, keep));
                return true;
            }
            catch (CountermarkException refusal) when (refusal.Code == ErrorCode.Replayed)
            {
                if (!await IsCommittedAsync(verified.ReplayKey))
                {
                    throw;
                }
                Log.Refusal(logger, site.Scheme, refusal);
            }
            await AnswerAsync(context, WebhookHandshake.Success(site.Scheme));
            return false;
        }

        private async Task<bool> IsCommittedAsync(string key)
        {
            try
            {
                return await store.IsCommittedAsync(key, default);
            }
            catch (Exception)
            {
                return false;
            }
        }

        private async Task HandleAsync(HttpContext context, VerifiedWebhook verified)
        {
            context.Items[typeof(VerifiedWebhook)] = verified;
            bool done = false;
            (long?, long) before = Said(context.Response);
            try
            {
                await handler(context);
                done = context.Response.StatusCode < StatusCodes.Status400BadRequest;
            }
            finally
            {
                await SettleAsync(verified.ReplayKey, done);
            }
            if (!context.Response.HasStarted && context.Response.StatusCode == StatusCodes.Status200OK && Said(context.Response) == before)
            {
                await AnswerAsync(context, WebhookHandshake.Success(site.Scheme));
            }
        }

        /// <summary>An answer that something else on the way keeps back has not started, whatever the handler wrote.</summary>
        private static (long?, long) Said(HttpResponse response) =>
            (response.ContentLength, response.Body.CanSeek ? response.Body.Position : 0);

        internal static long KeepUntilMs(long? replayUntilMs, TimeSpan? keep) =>
            WebhookVerifier.KeepUntilMs(replayUntilMs, keep, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

        /// <summary>What the handler says counts, whatever the store says: a key that cannot be committed stays taken as it is.</summary>
        private async Task SettleAsync(string? key, bool done)
        {
            if (key == null)
            {
                return;
            }
            try
            {
                await (done ? store.CommitAsync(key, default) : store.ReleaseAsync(key, default));
            }
            catch (Exception)
            {
                // The log has it.
            }
        }

        private static async Task AnswerAsync(HttpContext context, WebhookAnswer answer)
        {
            context.Response.StatusCode = answer.Status;
            context.Response.Headers["X-Content-Type-Options"] = "nosniff";
            if (answer.ContentType.Length > 0)
            {
                context.Response.ContentType = answer.ContentType;
            }
            byte[] text = answer.Body();
            if (text.Length > 0)
            {
                await context.Response.Body.WriteAsync(text, 0, text.Length);
            }
        }

        /// <summary>The raw bytes, if there are no more than the limit.</summary>
        private async Task<byte[]> ReadAsync(HttpContext context)
        {
            if (context.Request.ContentLength > site.MaxBytes)
            {
                throw CountermarkException.Of(ErrorCode.TooLarge);
            }
            if (context.Request.Body.CanSeek)
            {
                // It is kept, since something else reads it too: perhaps before.
                context.Request.Body.Position = 0;
            }
            else if (context.Features.Get<IFormFeature>()?.Form != null)
            {
                throw Gone();
            }
            // The limit of the site holds, and is told to the sender as its scheme expects: that of the server, if it is lower, would come before.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size && size.MaxRequestBodySize <= site.MaxBytes)
            {
                size.MaxRequestBodySize = site.MaxBytes + ChunkBytes;
            }
            // No more than a chunk on the word of the sender.
            using var body = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 0, ChunkBytes));
            var chunk = new byte[ChunkBytes];
            int count;
            while ((count = await ReadAsync(context, chunk)) > 0)
            {
                if (body.Length + count > site.MaxBytes)
                {
                    throw CountermarkException.Of(ErrorCode.TooLarge);
                }
                body.Write(chunk, 0, count);
            }
            // The server itself refuses a body that ends early.
            return context.Request.ContentLength > body.Length ? throw Gone() : body.ToArray();
        }

        private static async Task<int> ReadAsync(HttpContext context, byte[] chunk)
        {
            try
            {
                return await context.Request.Body.ReadAsync(chunk, 0, chunk.Length, context.RequestAborted);
            }
            catch (Exception failure) when (Refusals.OfBody(context, failure) == StatusCodes.Status413RequestEntityTooLarge)
            {
                throw CountermarkException.Of(ErrorCode.TooLarge);
            }
            // What was only slow is no malformed body: the server answers 408, and the sender tries again.
            catch (Exception failure) when (Refusals.OfBody(context, failure) == StatusCodes.Status400BadRequest)
            {
                throw CountermarkException.Of(ErrorCode.MalformedBody);
            }
        }

        /// <summary>A fault of the site: no signature would fit, whoever the sender is.</summary>
        private static CountermarkException Gone() =>
            CountermarkException.Of(ErrorCode.BodyAlreadyRead, "call Request.EnableBuffering() where it is read");

        private WebhookRequest Request(HttpRequest request)
        {
            // As it came: the path of the request is decoded.
            string? target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
            var received = new WebhookRequest
            {
                Method = request.Method,
                Url = origin + (target?.StartsWith("/", StringComparison.Ordinal) == true ? target : request.GetEncodedPathAndQuery()),
                Query = RawQuery.Of(request),
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
