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
        private readonly Spare home;
        private countermark_verified_query* query;
        private countermark_verified_webhook* webhook;
        private bool isFinalized;

        // 1 while somebody holds it: for a call that copies a few texts. A monitor costs more than such a call.
        private int isHeld;

        private ResultOwner(Spare home) => this.home = home;

        ~ResultOwner()
        {
            isFinalized = true;
            Free();
        }

        internal static ResultOwner Of(countermark_verified_query* query, Spare spare)
        {
            ResultOwner owner = spare.Take() ?? new ResultOwner(spare);
            owner.query = query;
            return owner;
        }

        internal static ResultOwner Of(countermark_verified_webhook* webhook, Spare spare)
        {
            ResultOwner owner = spare.Take() ?? new ResultOwner(spare);
            owner.webhook = webhook;
            return owner;
        }

        /// <summary>Keeps what a result owns for one call. Throws <see cref="ObjectDisposedException"/> after it was released.</summary>
        internal static Held Hold(ref ResultOwner? place, string name)
        {
            ResultOwner owner = Volatile.Read(ref place) ?? throw new ObjectDisposedException(name);
            owner.Enter();
            // Released in the meantime, and by now perhaps the owner of another result.
            if (!ReferenceEquals(Volatile.Read(ref place), owner))
            {
                owner.Exit();
                throw new ObjectDisposedException(name);
            }
            return new Held(owner);
        }

        /// <summary>Frees what a result owns, once. A call that holds it comes to its end first.</summary>
        internal static void Release(ref ResultOwner? place)
        {
            ResultOwner? owner = Volatile.Read(ref place);
            if (owner == null)
            {
                return;
            }
            bool isOurs;
            owner.Enter();
            try
            {
                isOurs = ReferenceEquals(Volatile.Read(ref place), owner);
                if (isOurs)
                {
                    place = null;
                    owner.Free();
                }
            }
            finally
            {
                owner.Exit();
            }
            // One that was finalized, with the result that a finalizer of the caller now disposes of, would never be finalized again.
            if (isOurs && !owner.isFinalized)
            {
                owner.home.Put(owner);
            }
        }

        private void Enter()
        {
            if (Interlocked.CompareExchange(ref isHeld, 1, 0) != 0)
            {
                Wait();
            }
        }

        private void Wait()
        {
            var wait = default(SpinWait);
            do
            {
                wait.SpinOnce();
            }
            while (Interlocked.CompareExchange(ref isHeld, 1, 0) != 0);
        }

        private void Exit() => Volatile.Write(ref isHeld, 0);

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

        internal readonly ref struct Held
        {
            private readonly ResultOwner owner;

            internal Held(ResultOwner owner) => this.owner = owner;

            internal countermark_verified_query* Query => owner.query;

            internal countermark_verified_webhook* Webhook => owner.webhook;

            public void Dispose() => owner.Exit();
        }

        /// <summary>Where a thread keeps an owner. Only this thread takes it; whichever thread releases a result puts its owner back.</summary>
        internal sealed class Spare
        {
            private ResultOwner? owner;

            internal ResultOwner? Take()
            {
                ResultOwner? taken = Volatile.Read(ref owner);
                // One that is put here at this moment is lost, and owns nothing.
                owner = null;
                return taken;
            }

            internal void Put(ResultOwner free) => Volatile.Write(ref owner, free);
        }
    }
}
