//! A transport without network or clock: scripted answers, recorded requests, time that only moves when waited for.

use super::{BoxFuture, HttpReply, Transport, TransportFailure};
use crate::facade::HttpRequest;
use alloc::{boxed::Box, collections::VecDeque, vec::Vec};
use core::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the scripted server does with one request.
pub type ScriptedAnswer = Result<HttpReply, TransportFailure>;

/// Gives the scripted answers in order, the last one again and again, and keeps every request. Time stands still in an
/// exchange and jumps in a pause, so a login of two minutes is tested in no time and always alike.
#[derive(Debug)]
pub struct ScriptedTransport(Mutex<State>);

#[derive(Debug)]
struct State {
    now_ms: i64,
    answers: VecDeque<ScriptedAnswer>,
    requests: Vec<HttpRequest>,
}

impl ScriptedTransport {
    /// Starts at `now_ms` with these answers. Without any, the server hangs up on every request.
    #[must_use]
    pub fn new(now_ms: i64, answers: Vec<ScriptedAnswer>) -> Self {
        Self(Mutex::new(State {
            now_ms,
            answers: answers.into(),
            requests: Vec::new(),
        }))
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.state().requests.clone()
    }

    /// Lets time pass, in milliseconds.
    pub fn advance(&self, by_ms: i64) {
        let mut state = self.state();
        state.now_ms = state.now_ms.saturating_add(by_ms);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for ScriptedTransport {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, ScriptedAnswer> {
        let mut state = self.state();
        state.requests.push(request.clone());
        let answer = if state.answers.len() > 1 {
            state.answers.pop_front()
        } else {
            state.answers.front().cloned()
        };
        Box::pin(ready(answer.unwrap_or(Err(TransportFailure::HUNG_UP))))
    }

    fn now_ms(&self) -> i64 {
        self.state().now_ms
    }

    fn sleep_until(&self, until_ms: i64) -> BoxFuture<'_, ()> {
        let mut state = self.state();
        state.now_ms = state.now_ms.max(until_ms);
        Box::pin(ready(()))
    }
}
