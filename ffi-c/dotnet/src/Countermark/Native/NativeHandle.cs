using System;
using System.Runtime.InteropServices;

namespace Countermark.Native
{
    /// <summary>Owns one native object: freed once, and never while a call uses it.</summary>
    internal abstract unsafe class NativeHandle : SafeHandle
    {
        protected NativeHandle(void* native)
            : base(IntPtr.Zero, true)
        {
            SetHandle((IntPtr)native);
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        /// <summary>Keeps the object alive for one call. Throws <see cref="ObjectDisposedException"/> after it was disposed of.</summary>
        internal Borrowed Borrow() => new Borrowed(this);

        protected sealed override bool ReleaseHandle()
        {
            Free((void*)handle);
            return true;
        }

        protected abstract void Free(void* native);

        internal readonly ref struct Borrowed
        {
            private readonly NativeHandle owner;

            internal Borrowed(NativeHandle owner)
            {
                bool taken = false;
                owner.DangerousAddRef(ref taken);
                this.owner = owner;
            }

            internal void* Pointer => (void*)owner.handle;

            public void Dispose() => owner.DangerousRelease();
        }
    }
}
