Imports System
Imports System.Threading.Tasks
Imports Countermark

''' <summary>What a site in Visual Basic does. The tests run it.</summary>
Public NotInheritable Class Checks
    Private Sub New()
    End Sub

    ''' <summary>Who sent this webhook of GitHub, or why it is refused.</summary>
    Public Shared Function Webhook(secret As String, signature As String, body As Byte()) As String
        Dim options As New WebhookOptions With {.Scheme = "github"}
        options.Keys.Add(New WebhookKey("2026-11", secret))
        Using verifier As New WebhookVerifier(options)
            Dim request As WebhookRequest = New WebhookRequest().AddHeader("X-Hub-Signature-256", signature)
            Try
                Using verified As VerifiedWebhook = verifier.Verify(request, body)
                    Return verified.KeyId
                End Using
            Catch refusal As VerificationException
                Return refusal.Name
            End Try
        End Using
    End Function

    ''' <summary>Who logged in, or how the login ended.</summary>
    Public Shared Async Function LogInAsync(client As LoginClient, secSignId As String) As Task(Of String)
        Using challenge As Challenge = Await client.BeginAsync(secSignId)
            ' Here the page shows challenge.AccessPassDataUri.
            Dim result As LoginResult = Await client.WaitAsync(challenge.Session, TimeSpan.FromSeconds(30))
            Return If(result.SecSignId, result.Outcome.ToString())
        End Using
    End Function

    ''' <summary>The function of the vendor's document, with the API under its old names.</summary>
    Public Shared Function RequestAuthSession(secsignString As String) As SecSignID.AuthSession
        Dim serviceName As String = "VB.NET example"
        Dim serviceUrl As String = "localhost"
        Dim objSecSignID As New SecSignID.SecSignIDApi()
        Return objSecSignID.RequestAuthSession(secsignString, serviceName, serviceUrl)
    End Function
End Class
