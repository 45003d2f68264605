<%@ Page Language="C#" Inherits="WebFormsSample.OneLoginPage" AutoEventWireup="false" EnableSessionState="false" EnableViewState="false" %>
