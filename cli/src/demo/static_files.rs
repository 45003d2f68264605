//! The style sheet and the script: a fixed list, so that no path ever reaches a file system.

use axum::http::header;
use axum::response::IntoResponse;

pub(super) async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        concat!(
            include_str!("assets/base.css"),
            include_str!("assets/pages.css")
        ),
    )
}

pub(super) async fn wait_script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("assets/wait.js"),
    )
}
