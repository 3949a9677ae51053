# tries: a student's name that is markup.
# student: "<script>alert(1)<script>"
# broken: this is no student's name
