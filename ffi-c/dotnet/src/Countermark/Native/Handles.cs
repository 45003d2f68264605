using static Countermark.Native.NativeMethods;

namespace Countermark.Native
{
    internal sealed unsafe class QueryVerifierHandle : NativeHandle
    {
        internal QueryVerifierHandle(countermark_query_verifier* native) : base(native) { }

        protected override void Free(void* native) => countermark_query_verifier_free((countermark_query_verifier*)native);
    }

    internal sealed unsafe class QuerySignerHandle : NativeHandle
    {
        internal QuerySignerHandle(countermark_query_signer* native) : base(native) { }

        protected override void Free(void* native) => countermark_query_signer_free((countermark_query_signer*)native);
    }

    internal sealed unsafe class ReplayMemoryHandle : NativeHandle
    {
        internal ReplayMemoryHandle(countermark_replay_memory* native) : base(native) { }

        protected override void Free(void* native) => countermark_replay_memory_free((countermark_replay_memory*)native);
    }

    internal sealed unsafe class SealerHandle : NativeHandle
    {
        internal SealerHandle(countermark_sealer* native) : base(native) { }

        protected override void Free(void* native) => countermark_sealer_free((countermark_sealer*)native);
    }

    internal sealed unsafe class LoginServiceHandle : NativeHandle
    {
        internal LoginServiceHandle(countermark_login_service* native) : base(native) { }

        protected override void Free(void* native) => countermark_login_service_free((countermark_login_service*)native);
    }

    internal sealed unsafe class LoginHandle : NativeHandle
    {
        internal LoginHandle(countermark_login* native) : base(native) { }

        protected override void Free(void* native) => countermark_login_free((countermark_login*)native);
    }

    internal sealed unsafe class AuthSessionHandle : NativeHandle
    {
        internal AuthSessionHandle(countermark_auth_session* native) : base(native) { }

        protected override void Free(void* native) => countermark_auth_session_free((countermark_auth_session*)native);
    }

    internal sealed unsafe class SecureSignClientHandle : NativeHandle
    {
        internal SecureSignClientHandle(countermark_securesign_client* native) : base(native) { }

        protected override void Free(void* native) => countermark_securesign_client_free((countermark_securesign_client*)native);
    }

    internal sealed unsafe class SecureSignCallHandle : NativeHandle
    {
        internal SecureSignCallHandle(countermark_securesign_call* native) : base(native) { }

        protected override void Free(void* native) => countermark_securesign_call_free((countermark_securesign_call*)native);
    }

    internal sealed unsafe class SecureSignHintHandle : NativeHandle
    {
        internal SecureSignHintHandle(countermark_securesign_hint* native) : base(native) { }

        protected override void Free(void* native) => countermark_securesign_hint_free((countermark_securesign_hint*)native);
    }

    internal sealed unsafe class WebhookVerifierHandle : NativeHandle
    {
        internal WebhookVerifierHandle(countermark_webhook_verifier* native) : base(native) { }

        protected override void Free(void* native) => countermark_webhook_verifier_free((countermark_webhook_verifier*)native);
    }

    internal sealed unsafe class WebhookExplainerHandle : NativeHandle
    {
        internal WebhookExplainerHandle(countermark_webhook_explainer* native) : base(native) { }

        protected override void Free(void* native) => countermark_webhook_explainer_free((countermark_webhook_explainer*)native);
    }

    internal sealed unsafe class WebhookSignerHandle : NativeHandle
    {
        internal WebhookSignerHandle(countermark_webhook_signer* native) : base(native) { }

        protected override void Free(void* native) => countermark_webhook_signer_free((countermark_webhook_signer*)native);
    }

    internal sealed unsafe class AppLinkHandle : NativeHandle
    {
        internal AppLinkHandle(countermark_app_link* native) : base(native) { }

        protected override void Free(void* native) => countermark_app_link_free((countermark_app_link*)native);
    }
}
