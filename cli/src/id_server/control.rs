//! The control API: what a test does to the emulator. JSON over HTTP, on loopback, behind a bearer token.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, State};
use axum::http::{Request, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post, put};
use serde_json::{Value, json};

use super::clock::Clock;
use super::control_json::{
    Act, ClockView, NextSession, PutId, PutPlan, SessionQuery, SessionView, SetClock,
    TranscriptQuery,
};
use super::emulator::Emulator;
use super::faults::Fault;
use super::policy::Policy;
use super::session::parse_number;

/// Longest request to the control API.
const MAX_REQUEST: usize = 1 << 20;

type Server = State<Arc<Emulator>>;
type Answer = Result<Json<Value>, Problem>;

/// A request that cannot be carried out: status and reason.
struct Problem(StatusCode, String);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        bad(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        bad(rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        bad(rejection.body_text())
    }
}

fn bad(reason: impl Into<String>) -> Problem {
    Problem(StatusCode::BAD_REQUEST, reason.into())
}

fn missing(what: &str) -> Problem {
    Problem(StatusCode::NOT_FOUND, format!("there is no such {what}"))
}

async fn no_such_method() -> Problem {
    Problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "this path has no such method".to_owned(),
    )
}

/// JSON in, with its faults told as JSON.
#[derive(FromRequest)]
#[from_request(via(Json), rejection(Problem))]
struct Input<T>(T);

/// A part of the path, likewise.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
struct Part<T>(T);

/// The query, likewise.
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
struct Asked<T>(T);

/// All routes. What asks whether the server is ready needs no token.
pub(crate) fn router(emulator: Arc<Emulator>, token: &str) -> Router {
    let expected: Arc<str> = format!("Bearer {token}").into();
    Router::new()
        .route("/", get(overview))
        .route("/ids", get(ids))
        .route("/ids/{id}", put(put_id).delete(delete_id))
        .route("/sessions", get(sessions))
        .route("/sessions/{number}", get(session).post(act))
        .route("/next-session", post(next_session))
        .route("/plan", put(put_plan))
        .route(
            "/faults",
            get(faults).post(add_faults).delete(delete_faults),
        )
        .route("/policy", get(policy).patch(patch_policy))
        .route("/clock", get(clock).post(set_clock))
        .route("/transcript", get(transcript).delete(delete_transcript))
        .route("/reset", post(reset))
        .fallback(|| async { missing("path") })
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn(move |request: Request<Body>, next: Next| {
            let allowed = request
                .headers()
                .get(header::AUTHORIZATION)
                .is_some_and(|sent| equal(sent.as_bytes(), expected.as_bytes()));
            async move {
                if allowed {
                    next.run(request).await
                } else {
                    Problem(
                        StatusCode::UNAUTHORIZED,
                        "the bearer token is missing or wrong".to_owned(),
                    )
                    .into_response()
                }
            }
        }))
        .route(
            "/healthz",
            get(|| async { Json(json!({ "ready": true })) }).fallback(no_such_method),
        )
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(emulator)
}

/// Compares in a time that depends on the length alone.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .fold(0, |difference, (x, y)| difference | (x ^ y))
            == 0
}

async fn overview(State(emulator): Server) -> Json<Value> {
    let state = emulator.lock();
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "sessions": state.store.len(),
        "clock": ClockView::from(state.clock),
    }))
}

async fn ids(State(emulator): Server) -> Json<Value> {
    Json(json!(emulator.lock().store.accounts()))
}

async fn put_id(State(emulator): Server, Part(id): Part<String>, body: Input<PutId>) -> Answer {
    let mut state = emulator.lock();
    state
        .store
        .create(&id, &body.0.priority_codes)
        .map_err(bad)?;
    if let Some(frozen) = body.0.frozen {
        state.store.freeze(&id.to_ascii_lowercase(), frozen);
    }
    Ok(Json(json!({})))
}

async fn delete_id(State(emulator): Server, Part(id): Part<String>) -> Answer {
    let removed = emulator.lock().store.remove(&id.to_ascii_lowercase());
    if removed {
        Ok(Json(json!({})))
    } else {
        Err(missing("ID"))
    }
}

async fn sessions(State(emulator): Server, Asked(query): Asked<SessionQuery>) -> Json<Value> {
    let mut state = emulator.lock();
    let now_ms = state.clock.now_ms();
    let state = &mut *state;
    let found = match &query.secsignid {
        Some(id) => state
            .store
            .sessions_of(&id.to_ascii_lowercase(), now_ms, &state.policy),
        None => state.store.all(now_ms, &state.policy),
    };
    Json(json!(
        found.into_iter().map(SessionView::from).collect::<Vec<_>>()
    ))
}

async fn session(State(emulator): Server, Part(number): Part<String>) -> Answer {
    let number = parse_number(&number).ok_or_else(|| missing("session"))?;
    let mut state = emulator.lock();
    let now_ms = state.clock.now_ms();
    let state = &mut *state;
    let session = state
        .store
        .session(number, now_ms, &state.policy)
        .ok_or_else(|| missing("session"))?;
    Ok(Json(json!(SessionView::from(session))))
}

async fn act(State(emulator): Server, Part(number): Part<String>, body: Input<Act>) -> Answer {
    let number = parse_number(&number).ok_or_else(|| missing("session"))?;
    let mut state = emulator.lock();
    let now_ms = state.clock.now_ms();
    let state = &mut *state;
    match state
        .store
        .act(number, body.0.action, now_ms, &state.policy)
    {
        None => return Err(missing("session")),
        Some(false) => {
            return Err(Problem(
                StatusCode::CONFLICT,
                "the session is over".to_owned(),
            ));
        }
        Some(true) => {}
    }
    let session = state
        .store
        .session(number, now_ms, &state.policy)
        .ok_or_else(|| missing("session"))?;
    Ok(Json(json!(SessionView::from(session))))
}

async fn next_session(State(emulator): Server, body: Input<NextSession>) -> Answer {
    let number = parse_number(&body.0.authsessionid)
        .ok_or_else(|| bad("the number is no signed 64-bit integer"))?;
    emulator.lock().store.set_next_number(number);
    Ok(Json(json!({})))
}

async fn put_plan(State(emulator): Server, body: Input<PutPlan>) -> Answer {
    let mut state = emulator.lock();
    let id = body.0.secsignid.map(|id| id.to_ascii_lowercase());
    if id
        .as_deref()
        .is_some_and(|id| !state.store.exists(id, &state.policy))
    {
        return Err(missing("ID"));
    }
    state.store.set_plan(id.as_deref(), &body.0.steps);
    Ok(Json(json!({})))
}

async fn faults(State(emulator): Server) -> Json<Value> {
    Json(json!(emulator.lock().faults))
}

async fn add_faults(State(emulator): Server, body: Input<Vec<Fault>>) -> Answer {
    body.0.iter().try_for_each(Fault::check).map_err(bad)?;
    emulator.lock().faults.extend(body.0);
    Ok(Json(json!({})))
}

async fn delete_faults(State(emulator): Server) -> Json<Value> {
    emulator.lock().faults.clear();
    Json(json!({}))
}

async fn policy(State(emulator): Server) -> Json<Value> {
    Json(json!(emulator.lock().policy))
}

async fn patch_policy(State(emulator): Server, body: Input<Value>) -> Answer {
    let mut state = emulator.lock();
    let mut merged = json!(state.policy);
    let changes = body
        .0
        .as_object()
        .ok_or_else(|| bad("the changes are no object"))?;
    for (name, value) in changes {
        merged[name] = value.clone();
    }
    let policy: Policy = serde_json::from_value(merged).map_err(|error| bad(error.to_string()))?;
    if !(200..600).contains(&policy.error_status) {
        return Err(bad("error_status is from 200 to 599"));
    }
    state.policy = policy;
    Ok(Json(json!(state.policy)))
}

async fn clock(State(emulator): Server) -> Json<ClockView> {
    Json(emulator.lock().clock.into())
}

async fn set_clock(
    State(emulator): Server,
    body: Input<SetClock>,
) -> Result<Json<ClockView>, Problem> {
    let clock = &mut emulator.lock().clock;
    match body.0 {
        SetClock {
            set_ms: Some(now_ms),
            advance_ms: None,
            running: None,
        } => *clock = Clock::Stopped { now_ms },
        SetClock {
            set_ms: None,
            advance_ms: Some(by_ms),
            running: None,
        } => clock.advance(by_ms),
        SetClock {
            set_ms: None,
            advance_ms: None,
            running: Some(true),
        } => *clock = Clock::new(None),
        SetClock {
            set_ms: None,
            advance_ms: None,
            running: Some(false),
        } => clock.stop(),
        _ => return Err(bad("exactly one of set_ms, advance_ms, running is needed")),
    }
    Ok(Json((*clock).into()))
}

async fn transcript(State(emulator): Server, Asked(query): Asked<TranscriptQuery>) -> Json<Value> {
    Json(json!(
        emulator
            .lock()
            .transcript
            .after(query.after)
            .collect::<Vec<_>>()
    ))
}

async fn delete_transcript(State(emulator): Server) -> Json<Value> {
    emulator.lock().transcript.clear();
    Json(json!({}))
}

async fn reset(State(emulator): Server) -> Answer {
    emulator.reset().map_err(bad)?;
    Ok(Json(json!({})))
}
