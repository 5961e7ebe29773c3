"""The sections of the HTML page, one module each: functions of the document that give markup."""
