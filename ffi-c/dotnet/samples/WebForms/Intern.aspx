<%@ Page Language="C#" Inherits="WebFormsSample.InternPage" AutoEventWireup="false" %>
<!doctype html>
<html lang="en">
<head runat="server"><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><title>Intern</title></head>
<body><form runat="server">
  <h1>Members</h1>
  <p>You are logged in as <strong id="who"><asp:Literal ID="Who" Mode="Encode" runat="server" /></strong>.</p>
  <asp:Button ID="LogOut" Text="Log out" runat="server" />
</form></body>
</html>
