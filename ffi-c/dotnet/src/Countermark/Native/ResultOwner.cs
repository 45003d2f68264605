using System;
using System.Threading;
using static Countermark.Native.NativeMethods;

namespace Countermark.Native
{
    /// <summary>
    /// Owns the native object of one result, until it is released or collected. To register an object with a finalizer costs more than the
    /// hash of a small message, so each thread keeps one owner that has nothing to own, for its next result.
    /// </summary>
    internal sealed unsafe class ResultOwner
    {
        [ThreadStatic]
        private static ResultOwner? spare;

        private countermark_verified_query* query;
        private countermark_verified_webhook* webhook;
        private bool isFinalized;

        private ResultOwner()
        {
        }

        ~ResultOwner()
        {
            isFinalized = true;
            Free();
        }

        internal static ResultOwner Of(countermark_verified_query* query)
        {
            ResultOwner owner = Take();
            owner.query = query;
            return owner;
        }

        internal static ResultOwner Of(countermark_verified_webhook* webhook)
        {
            ResultOwner owner = Take();
            owner.webhook = webhook;
            return owner;
        }

        /// <summary>Keeps what a result owns for one call. Throws <see cref="ObjectDisposedException"/> after it was released.</summary>
        internal static Held Hold(ref ResultOwner? place, string name)
        {
            ResultOwner owner = Volatile.Read(ref place) ?? throw new ObjectDisposedException(name);
            Monitor.Enter(owner);
            // Released in the meantime, and by now perhaps the owner of another result.
            if (!ReferenceEquals(Volatile.Read(ref place), owner))
            {
                Monitor.Exit(owner);
                throw new ObjectDisposedException(name);
            }
            return new Held(owner);
        }

        /// <summary>Frees what a result owns, once. A call that holds it comes to its end first.</summary>
        internal static void Release(ref ResultOwner? place)
        {
            ResultOwner? owner = Interlocked.Exchange(ref place, null);
            if (owner == null)
            {
                return;
            }
            lock (owner)
            {
                owner.Free();
            }
            // One that was finalized, with the result that a finalizer of the caller now disposes of, would never be finalized again.
            if (!owner.isFinalized)
            {
                spare = owner;
            }
        }

        private static ResultOwner Take()
        {
            ResultOwner? owner = spare;
            if (owner == null)
            {
                return new ResultOwner();
            }
            spare = null;
            return owner;
        }

        internal readonly ref struct Held
        {
            private readonly ResultOwner owner;

            internal Held(ResultOwner owner) => this.owner = owner;

            internal countermark_verified_query* Query => owner.query;

            internal countermark_verified_webhook* Webhook => owner.webhook;

            public void Dispose() => Monitor.Exit(owner);
        }

        private void Free()
        {
            if (query != null)
            {
                countermark_verified_query_free(query);
                query = null;
            }
            if (webhook != null)
            {
                countermark_verified_webhook_free(webhook);
                webhook = null;
            }
        }
    }
}
