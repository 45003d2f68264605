<%@ Page Language="C#" Inherits="WebFormsSample.DefaultPage" AutoEventWireup="false" EnableSessionState="false" EnableViewState="false" %>
<!doctype html>
<html lang="en">
<head runat="server"><meta charset="utf-8" /><title>SecSign ID login</title></head>
<body>
  <form id="LoginForm" runat="server">
    <p role="alert"><asp:Literal ID="Message" Mode="Encode" runat="server" /></p>
    <asp:Panel ID="Ask" runat="server">
      <asp:Label AssociatedControlID="SecSignId" Text="SecSign ID:" runat="server" /> <asp:TextBox ID="SecSignId" MaxLength="255" runat="server" />
      <asp:Button ID="Login" Text="Login" runat="server" />
    </asp:Panel>
    <asp:Panel ID="Pass" Visible="false" runat="server">
      <p>Please verify the access pass on your phone:</p>
      <p><asp:Image ID="AccessPass" AlternateText="access pass" runat="server" /></p>
      <asp:Button ID="Cancel" Text="Cancel" runat="server" />
      <asp:Button ID="Check" Text="OK" runat="server" />
    </asp:Panel>
  </form>
</body>
</html>
