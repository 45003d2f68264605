//! A response body that can be slow, fall silent, or end too early.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::mangle::Delivery;

/// Pieces of a slow body.
const PIECES: usize = 16;
/// How long half a body has to reach the client. Hyper sends what it holds while the body has nothing to say, and drops it once the body fails.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

/// The body of an answer.
#[derive(Debug)]
pub(crate) struct ReplyBody {
    rest: Bytes,
    piece: usize,
    pause: Option<(Duration, Pin<Box<Sleep>>)>,
    end: End,
}

#[derive(Debug)]
enum End {
    Proper,
    Silent,
    /// Once its time is over, which begins when all was handed to hyper.
    Broken(Option<Pin<Box<Sleep>>>),
}

impl ReplyBody {
    pub(crate) fn new(body: Bytes, delivery: Delivery) -> Self {
        let half = body.slice(..body.len() / 2);
        let (rest, pieces, pause, end) = match delivery {
            Delivery::Slow(total) => {
                let pause = total / PIECES as u32;
                (
                    body,
                    PIECES,
                    Some((pause, Box::pin(sleep(pause)))),
                    End::Proper,
                )
            }
            Delivery::Stalled => (half, 1, None, End::Silent),
            Delivery::Truncated => (half, 1, None, End::Broken(None)),
            Delivery::Whole | Delivery::Late(_) | Delivery::Dropped | Delivery::Reset => {
                (body, 1, None, End::Proper)
            }
        };
        let piece = rest.len().div_ceil(pieces).max(1);
        Self {
            rest,
            piece,
            pause,
            end,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            return match &mut self.end {
                End::Proper => Poll::Ready(None),
                // Hyper watches the connection and drops the body when the client goes.
                End::Silent => Poll::Pending,
                End::Broken(timer) => {
                    let timer = timer.get_or_insert_with(|| Box::pin(sleep(ON_ITS_WAY)));
                    timer.as_mut().poll(cx).map(|()| {
                        Some(Err(io::Error::other("the connection ends here on purpose")))
                    })
                }
            };
        }
        if let Some((length, timer)) = &mut self.pause {
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            *timer = Box::pin(sleep(*length));
        }
        let size = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(size)))))
    }

    fn size_hint(&self) -> SizeHint {
        if matches!(self.end, End::Proper) {
            SizeHint::with_exact(self.rest.len() as u64)
        } else {
            SizeHint::default()
        }
    }
}
