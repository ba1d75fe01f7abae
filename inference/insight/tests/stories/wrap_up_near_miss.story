# Done in fifty-five seconds of a suggested minute.
device-check
0:00 ask Describe yourself. for 60 s
0:01 speak 140
0:55 answered
1:30 end
expect no hint wrap_up
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
