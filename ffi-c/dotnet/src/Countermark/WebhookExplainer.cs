using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>Finds out why webhooks of one configuration fail. For operators and their tools, never for the answer to a sender.
    /// Immutable; may be shared between threads.</summary>
    public sealed unsafe class WebhookExplainer : IDisposable
    {
        private readonly WebhookExplainerHandle handle;

        /// <summary>Takes the configuration of the verifier. Keys that cannot be used are no error here but a cause.</summary>
        /// <param name="options">The settings; copied.</param>
        /// <exception cref="CountermarkException">UnknownScheme, InvalidConfig.</exception>
        public WebhookExplainer(WebhookOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }
            Library.Check();
            using var arena = Arena.Rent();
            countermark_webhook_config config = options.Native(arena);
            countermark_webhook_explainer* made;
            countermark_error* error;
            Fault.Check(countermark_webhook_explainer_new(&config, &made, &error), error);
            handle = new WebhookExplainerHandle(made);
        }

        /// <summary>Explains what the verifier says about a request. Far more work than a verification.</summary>
        /// <param name="request">The request.</param>
        /// <param name="body">Its body.</param>
        /// <returns>The explanation.</returns>
        public WebhookExplanation Explain(WebhookRequest request, byte[] body) => Explain(request, body, Clock.NowMs);

        /// <summary>As <see cref="Explain(WebhookRequest, byte[])"/>, by another clock.</summary>
        /// <param name="request">The request.</param>
        /// <param name="body">Its body.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The explanation.</returns>
        public WebhookExplanation Explain(WebhookRequest request, byte[] body, long nowMs)
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
            countermark_webhook_request native;
            request.Native(&native, arena);
            fixed (byte* bytes = body)
            {
                using NativeHandle.Borrowed explainer = handle.Borrow();
                countermark_webhook_explanation* found;
                countermark_error* error;
                int status = countermark_webhook_explainer_explain(
                    (countermark_webhook_explainer*)explainer.Pointer, &native, bytes, (UIntPtr)body.Length, nowMs, &found, &error);
                Fault.Check(status, error);
                try
                {
                    countermark_webhook_explanation_view view;
                    Fault.Check(countermark_webhook_explanation_read(found, &view, &error), error);
                    return new WebhookExplanation(view);
                }
                finally
                {
                    countermark_webhook_explanation_free(found);
                }
            }
        }

        /// <summary>Frees the keys.</summary>
        public void Dispose() => handle.Dispose();
    }

    /// <summary>What an explainer found.</summary>
    public sealed unsafe class WebhookExplanation
    {
        internal WebhookExplanation(countermark_webhook_explanation_view view)
        {
            Error = (ErrorCode)view.error;
            IsComplete = view.complete != 0;
            KeyId = Utf8.Text(view.key_id);
            var causes = new List<WebhookCause>();
            for (int at = 0; at < (int)view.causes_len; at++)
            {
                causes.Add(new WebhookCause(view.causes[at]));
            }
            Causes = causes;
            var checks = new List<WebhookCheck>();
            for (int at = 0; at < (int)view.checks_len; at++)
            {
                checks.Add(new WebhookCheck(view.checks[at]));
            }
            Checks = checks;
            BodyLength = (long)view.body_len;
            BodySha256 = Utf8.Text(view.body_sha256);
        }

        /// <summary>What the verifier says; <see cref="ErrorCode.None"/> when it accepts the request.</summary>
        public ErrorCode Error { get; }

        /// <summary>Whether every idea was tried; false for a body that is too long, or when the work took too long.</summary>
        public bool IsComplete { get; }

        /// <summary>The id of the key that matched; empty when the request is refused.</summary>
        public string KeyId { get; }

        /// <summary>The causes, the surest first.</summary>
        public IReadOnlyList<WebhookCause> Causes { get; }

        /// <summary>The checks of the verifier, in their order.</summary>
        public IReadOnlyList<WebhookCheck> Checks { get; }

        /// <summary>The length of the body that arrived, in bytes.</summary>
        public long BodyLength { get; }

        /// <summary>SHA-256 of the body that arrived, in lower-case hex. That of the body that was sent tells whether something on the
        /// way changed it.</summary>
        public string BodySha256 { get; }
    }

    /// <summary>One possible cause of a failure.</summary>
    public sealed class WebhookCause
    {
        internal WebhookCause(countermark_webhook_cause cause)
        {
            Name = Utf8.Text(cause.row.name);
            Unit = Utf8.Text(cause.row.unit);
            Happened = Utf8.Text(cause.row.happened);
            Remedy = Utf8.Text(cause.row.remedy);
            Certainty = Utf8.Text(cause.certainty);
            Subject = Utf8.Text(cause.subject);
            Fits = Utf8.Text(cause.fits);
            Amount = cause.amount;
        }

        /// <summary>The stable name, such as <c>body_newline_added</c>.</summary>
        public string Name { get; }

        /// <summary>How sure it is: <c>proved</c>, <c>likely</c> or <c>possible</c>.</summary>
        public string Certainty { get; }

        /// <summary>What it happened to: the name of a header or parameter, the id of a key; may be empty.</summary>
        public string Subject { get; }

        /// <summary>What would fit: a key encoding, a scheme id, a port, the header with the host; may be empty.</summary>
        public string Fits { get; }

        /// <summary>How much, in <see cref="Unit"/>; 0 without a unit.</summary>
        public long Amount { get; }

        /// <summary>What the amount counts; empty if there is none.</summary>
        public string Unit { get; }

        /// <summary>What happened.</summary>
        public string Happened { get; }

        /// <summary>What to do about it.</summary>
        public string Remedy { get; }
    }

    /// <summary>One line of the checklist.</summary>
    public sealed class WebhookCheck
    {
        internal WebhookCheck(countermark_webhook_check check)
        {
            Step = Utf8.Text(check.step);
            State = Utf8.Text(check.state);
        }

        /// <summary>The check: <c>secret</c>, <c>context</c>, <c>presence</c>, <c>form</c>, <c>time_form</c>, <c>signature</c> or
        /// <c>time_window</c>.</summary>
        public string Step { get; }

        /// <summary>How it went: <c>passed</c>, <c>failed</c> or <c>not_reached</c>.</summary>
        public string State { get; }
    }
}
