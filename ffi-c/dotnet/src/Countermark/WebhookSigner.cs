using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>What to send. What is null stays as it was.</summary>
    public sealed unsafe class SignedWebhook
    {
        private readonly byte[]? body;

        internal SignedWebhook(countermark_signed_webhook_view view)
        {
            Headers = Utf8.Pairs(view.headers, view.headers_len);
            Url = Utf8.TextOrNull(view.url);
            Query = Utf8.TextOrNull(view.query);
            body = Utf8.BytesOrNull(view.body);
        }

        /// <summary>Headers to add.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

        /// <summary>The URL with the signature in its path.</summary>
        public string? Url { get; }

        /// <summary>The query with time and signature, without <c>?</c>.</summary>
        public string? Query { get; }

        /// <summary>The body with the signature in it.</summary>
        /// <returns>A copy of the bytes, or null.</returns>
        public byte[]? Body() => (byte[]?)body?.Clone();
    }

    /// <summary>Signs webhooks of one scheme. Immutable; may be shared between threads.</summary>
    public sealed unsafe class WebhookSigner : IDisposable
    {
        private readonly WebhookSignerHandle handle;

        /// <summary>Prepares the keys: secrets, or for public-key schemes private keys.</summary>
        /// <param name="options">Of the settings only scheme and keys are used, and of a key not its validity.</param>
        /// <exception cref="CountermarkException">UnknownScheme, InvalidConfig, InvalidSecret, Unsupported.</exception>
        public WebhookSigner(WebhookOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }
            Library.Check();
            using var arena = Arena.Rent();
            countermark_webhook_config config = options.Native(arena);
            countermark_webhook_signer* made;
            countermark_error* error;
            Fault.Check(countermark_webhook_signer_new(&config, &made, &error), error);
            handle = new WebhookSignerHandle(made);
        }

        /// <summary>Signs a request by the system's clock.</summary>
        /// <param name="request">The request.</param>
        /// <param name="body">Its body.</param>
        /// <param name="messageId">The message id, for schemes that sign one.</param>
        /// <returns>What to send.</returns>
        /// <exception cref="CountermarkException">MissingContext, MissingParameter, MissingHeader, MalformedBody, InvalidInput, Unsupported.</exception>
        public SignedWebhook Sign(WebhookRequest request, byte[] body, string? messageId) => Sign(request, body, messageId, Clock.NowMs);

        /// <summary>As <see cref="Sign(WebhookRequest, byte[], string)"/>, by another clock.</summary>
        /// <param name="request">The request.</param>
        /// <param name="body">Its body.</param>
        /// <param name="messageId">The message id, for schemes that sign one.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>What to send.</returns>
        /// <exception cref="CountermarkException">MissingContext, MissingParameter, MissingHeader, MalformedBody, InvalidInput, Unsupported.</exception>
        public SignedWebhook Sign(WebhookRequest request, byte[] body, string? messageId, long nowMs)
        {
            if (request == null)
            {
                throw new ArgumentNullException(nameof(request));
            }
            if (body == null)
            {
                throw new ArgumentNullException(nameof(body));
            }
            using var arena = Arena.Rent();
            countermark_str id = arena.Text(messageId);
            countermark_webhook_request native;
            request.Native(&native, arena);
            fixed (byte* bytes = body)
            {
                using NativeHandle.Borrowed signer = handle.Borrow();
                countermark_signed_webhook* signed;
                countermark_error* error;
                int status = countermark_webhook_signer_sign(
                    (countermark_webhook_signer*)signer.Pointer, &native, bytes, (UIntPtr)body.Length, id.ptr, id.len, nowMs, &signed, &error);
                Fault.Check(status, error);
                try
                {
                    countermark_signed_webhook_view view;
                    Fault.Check(countermark_signed_webhook_read(signed, &view, &error), error);
                    return new SignedWebhook(view);
                }
                finally
                {
                    countermark_signed_webhook_free(signed);
                }
            }
        }

        /// <summary>Frees the keys.</summary>
        public void Dispose() => handle.Dispose();
    }
}
