// A Web Forms site in this process: answers each line of its input, `page` or `page form`, with status, headers and text in one line.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Web;
using System.Web.Hosting;

public class WebFormsHost : MarshalByRefObject
{
    static void Main(string[] arguments)
    {
        var site = (WebFormsHost)ApplicationHost.CreateApplicationHost(typeof(WebFormsHost), "/", arguments[0]);
        for (string line; (line = Console.ReadLine()) != null;)
        {
            string[] asked = line.Split(' ');
            Console.WriteLine(site.Ask(asked[0], asked.Length > 1 ? asked[1] : null).Replace("\r", "").Replace("\n", " "));
        }
        Environment.Exit(0);
    }

    public string Ask(string page, string form)
    {
        var text = new StringWriter();
        var request = new Request(page, form, text);
        HttpRuntime.ProcessRequest(request);
        return request.Head + text;
    }

    class Request : SimpleWorkerRequest
    {
        readonly string form;

        internal Request(string page, string form, TextWriter text) : base(page, "", text)
        {
            this.form = form;
        }

        internal string Head { get; private set; }

        public override string GetHttpVerbName() => form == null ? "GET" : "POST";

        public override string GetKnownRequestHeader(int index) =>
            form == null ? null : index == HeaderContentType ? "application/x-www-form-urlencoded" : index == HeaderContentLength ? form.Length.ToString() : null;

        public override byte[] GetPreloadedEntityBody() => form == null ? null : Encoding.ASCII.GetBytes(form);

        public override bool IsEntireEntityBodyIsPreloaded() => true;

        public override void SendStatus(int status, string description) => Head += status + " ";

        public override void SendKnownResponseHeader(int index, string value) => Head += GetKnownResponseHeaderName(index) + ": " + value + " ";

        public override void SendUnknownResponseHeader(string name, string value) => Head += name + ": " + value + " ";
    }
}
