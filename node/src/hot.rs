//! The two hot calls, verifying a query and a webhook, as functions that carry their verifier.
//!
//! A method of a napi class looks its object up and converts every argument by itself; for a short message that takes as long as
//! the verification.

use crate::{
    error::refuse,
    value::{Argument, Made},
};
use countermark::ErrorCode;
use napi::{Env, JsError, sys};
use std::{
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
};

/// How many arguments there are; those that are not given are `undefined`.
pub(crate) const ARGUMENTS: usize = 8;

pub(crate) trait Hot: 'static {
    /// `None` is `undefined`.
    fn call(&self, env: &Env, arguments: &[Argument; ARGUMENTS]) -> napi::Result<Option<Made>>;
}

/// The function. It lives as long as JavaScript has it.
pub(crate) fn function<T: Hot>(env: &Env, verifier: &Rc<T>) -> napi::Result<Made> {
    let data = Rc::into_raw(Rc::clone(verifier)).cast_mut().cast();
    let mut made = ptr::null_mut();
    // SAFETY: the environment of the present call. The data is freed by the finalizer of the function.
    unsafe {
        let name = c"verify";
        napi::check_status!(sys::napi_create_function(
            env.raw(),
            name.as_ptr(),
            name.count_bytes().cast_signed(),
            Some(call::<T>),
            data,
            &mut made
        ))?;
        napi::check_status!(sys::napi_add_finalizer(
            env.raw(),
            made,
            data,
            Some(forget::<T>),
            ptr::null_mut(),
            ptr::null_mut()
        ))?;
    }
    Ok(Made(made))
}

unsafe extern "C" fn call<T: Hot>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let (mut count, mut data) = (ARGUMENTS, ptr::null_mut());
    let mut values = [ptr::null_mut(); ARGUMENTS];
    // SAFETY: called by JavaScript, with room for as many arguments as it says.
    unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &mut count,
            values.as_mut_ptr(),
            ptr::null_mut(),
            &mut data,
        );
    }
    // SAFETY: values of this call; the data of `function`, which lives as long as the function that is called.
    let (arguments, verifier) = unsafe {
        (
            values.map(|value| Argument::new(env, value)),
            &*data.cast::<T>(),
        )
    };
    let made = catch_unwind(AssertUnwindSafe(|| {
        verifier.call(&Env::from_raw(env), &arguments)
    }));
    match made.unwrap_or_else(|_| Err(refuse(&ErrorCode::Internal.into()))) {
        Ok(made) => made.map_or(ptr::null_mut(), |made| made.0),
        Err(error) => {
            // SAFETY: the environment of the present call.
            unsafe { JsError::from(error).throw_into(env) };
            ptr::null_mut()
        }
    }
}

unsafe extern "C" fn forget<T>(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: made by `Rc::into_raw`, on this thread, and used no more.
    drop(unsafe { Rc::from_raw(data.cast::<T>()) });
}
