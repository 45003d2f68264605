<%@ Page Language="C#" Inherits="WebFormsSample.DefaultPage" AutoEventWireup="false" EnableSessionState="false" EnableViewState="false" %>
<!doctype html>
<html lang="en">
<head runat="server"><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><title>SecSign ID login</title></head>
<body>
  <form id="LoginForm" runat="server">
    <h1>SecSign ID login</h1>
    <p role="alert"><asp:Literal ID="Message" Mode="Encode" runat="server" /></p>
    <asp:Panel ID="Ask" runat="server">
      <asp:Label AssociatedControlID="SecSignId" Text="SecSign ID:" runat="server" /> <asp:TextBox ID="SecSignId" MaxLength="255" runat="server" />
      <asp:Button ID="Login" Text="Login" runat="server" />
    </asp:Panel>
    <asp:Panel ID="Pass" Visible="false" runat="server">
      <p>Tap the symbol in the app that is the same as this one:</p>
      <p><asp:Image ID="AccessPass" AlternateText="access pass" runat="server" /></p>
      <asp:Button ID="Cancel" Text="Cancel" runat="server" />
      <asp:Button ID="Check" Text="OK" runat="server" />
    </asp:Panel>
    <asp:HyperLink ID="Again" NavigateUrl="Default.aspx" Text="Start again" Visible="false" runat="server" />
  </form>
</body>
</html>
