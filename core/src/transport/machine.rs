//! What the loop needs of a step machine.

use crate::{
    ErrorCode, Result,
    facade::{
        FailureKind, FailurePhase, Login, SecureSignSessionCall, SecureSignValidateCall, Step,
    },
};

/// A step machine of the [`facade`](crate::facade), as [`drive`](super::drive) sees it.
pub trait Machine: Send {
    /// What to do now.
    fn poll(&mut self, now_ms: i64) -> Step;

    /// Feeds the answer to the open request.
    ///
    /// # Errors
    ///
    /// `WRONG_STATE` if no request is open.
    fn on_response(&mut self, status: u32, body: &[u8], now_ms: i64) -> Result<()>;

    /// Feeds a failure of the transport.
    ///
    /// # Errors
    ///
    /// `WRONG_STATE` if no request is open.
    fn on_transport_error(
        &mut self,
        kind: FailureKind,
        phase: FailurePhase,
        now_ms: i64,
    ) -> Result<()>;

    /// Feeds the answer of the store. Most machines store nothing.
    ///
    /// # Errors
    ///
    /// `WRONG_STATE` if nothing is to be stored.
    fn on_store(&mut self, _refusal: Option<ErrorCode>, _now_ms: i64) -> Result<()> {
        Err(ErrorCode::WrongState.into())
    }
}

/// The methods of the same names, which the facade has without a trait so that every binding can have them.
macro_rules! machines {
    ($($machine:ty { $($more:item)? })*) => {$(
        impl Machine for $machine {
            fn poll(&mut self, now_ms: i64) -> Step {
                self.poll(now_ms)
            }

            fn on_response(&mut self, status: u32, body: &[u8], now_ms: i64) -> Result<()> {
                self.on_response(status, body, now_ms)
            }

            fn on_transport_error(
                &mut self,
                kind: FailureKind,
                phase: FailurePhase,
                now_ms: i64,
            ) -> Result<()> {
                self.on_transport_error(kind, phase, now_ms)
            }

            $($more)?
        }
    )*};
}

machines! {
    Login {
        fn on_store(&mut self, refusal: Option<ErrorCode>, now_ms: i64) -> Result<()> {
            self.on_store(refusal, now_ms)
        }
    }
    SecureSignValidateCall {}
    SecureSignSessionCall {}
}
