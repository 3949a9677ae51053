# tries: a student's name with line breaks and escape codes, which forges lines of the report.
# student: "zz\nann 15 15\u001b[2J"
# broken: this is no student's name
